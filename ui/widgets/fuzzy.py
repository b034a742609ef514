"""How well a few typed letters fit a longer text."""


def fuzzy_score(query: str, text: str) -> float:
    """Return a score above zero where every typed word is found, else 0.

    A word at the start of the text counts most, then at the start of a word,
    then inside one; letters in order but apart count least. Case is ignored.
    """
    total = 0.0
    lowered = text.casefold()
    for word in query.casefold().split():
        score = _word_score(word, lowered)
        if score == 0:
            return 0.0
        total += score
    return total / (1 + len(text) / 400) if total else 1.0


def _word_score(word: str, text: str) -> float:
    """Score one word against a lowered text."""
    place = text.find(word)
    if place == 0:
        return 10.0
    while place > 0:
        if not text[place - 1].isalnum():
            return 8.0
        following = text.find(word, place + 1)
        if following < 0:
            return 5.0
        place = following
    return _spread_score(word, text)


def _spread_score(word: str, text: str) -> float:
    """Score letters that stand in order but apart; 0 where they do not."""
    position, gaps = -1, 0
    for letter in word:
        found = text.find(letter, position + 1)
        if found < 0:
            return 0.0
        gaps += found - position - 1 if position >= 0 else 0
        position = found
    return 3.0 / (1 + gaps) if gaps <= 2 * len(word) else 0.0

"""What is wrong with an identity or an account, in one sentence each."""

from __future__ import annotations

from engine.domain.identity import Condition, Identity, Means, Trouble

# What follows the identity's name, in English and in Ukrainian.
_WHY: dict[Trouble, tuple[str, str]] = {
    Trouble.EXPIRED: ("the login has expired", "термін входу минув"),
    Trouble.REVOKED: (
        "the permission for the app was taken back at Facebook",
        "дозвіл для застосунку відкликано у Facebook",
    ),
    Trouble.PASSWORD: (
        "the password was changed, which ended the login",
        "пароль змінено, тому вхід більше не діє",
    ),
    Trouble.LOGGED_OUT: ("the login was ended at Facebook", "вхід завершено у Facebook"),
    Trouble.INVALID: ("Meta no longer accepts the token", "Meta більше не приймає токен"),
    Trouble.CHECKPOINT: (
        "Facebook asks this user to confirm something",
        "Facebook просить цього користувача щось підтвердити",
    ),
    Trouble.UNCONFIRMED: (
        "the user is not confirmed at Facebook",
        "користувача не підтверджено у Facebook",
    ),
    Trouble.BLOCKED: (
        "Facebook has blocked this user for now",
        "Facebook тимчасово заблокував цього користувача",
    ),
    Trouble.LOST: (
        "the token is no longer where it was kept",
        "токена більше немає там, де він зберігався",
    ),
    Trouble.KEEPER: (
        "the place where tokens are kept can't be opened",
        "не вдається відкрити місце, де зберігаються токени",
    ),
}


def why(trouble: Trouble) -> tuple[str, str]:
    """Return what is wrong, in English and in Ukrainian; empty for nothing."""
    return _WHY.get(trouble, ("", ""))


def trouble_sentences(identity: Identity) -> tuple[str, str]:
    """Return what is wrong with an identity and what to do, in both languages."""
    english, ukrainian = why(identity.trouble)
    if identity.trouble is Trouble.KEEPER:
        todo = ("Unlock the keyring.", "Розблокуйте сховище паролів.")
    elif identity.condition is Condition.OPEN_FACEBOOK:
        todo = (
            "Open facebook.com and do what it asks; the login is kept.",
            "Відкрийте facebook.com і зробіть те, що там просять; вхід збережено.",
        )
    elif identity.source.value == "environment":
        todo = (
            "Put a new token into FACEBOOK_ACCESS_TOKEN and start again, or log in again.",
            "Вкажіть новий токен у FACEBOOK_ACCESS_TOKEN і запустіть знову, або увійдіть.",
        )
    else:
        todo = ("Log in again.", "Увійдіть знову.")
    name = identity.name
    return f"{name}: {english}. {todo[0]}", f"{name}: {ukrainian}. {todo[1]}"


def resting_sentences(means: Means) -> tuple[str, str]:
    """Return why an account rests, in both languages; empty when it does not."""
    if means.reader is not None:
        return "", ""
    if means.idle:
        english, ukrainian = trouble_sentences(means.idle[0])
        return (
            f"{english} Until then this account rests.",
            f"{ukrainian} Доти цей акаунт відпочиває.",
        )
    return (
        "There is no login that can read this account. Log in, or add a login that can see it.",
        "Немає входу, який може читати цей акаунт. Увійдіть або додайте вхід, який його бачить.",
    )

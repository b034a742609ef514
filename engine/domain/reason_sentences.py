"""What the engine writes into reasons, in English and in Ukrainian.

A name in braces stands for a value of the case; Ukrainian may leave one out or
put it elsewhere. A test holds the table to every sentence of the engine.
"""

SENTENCES: tuple[tuple[str, str], ...] = (
    # The arbiter.
    (
        "The rule {rule} pauses {name}, to which this belongs.",
        "Правило {rule} призупиняє «{name}», до якого це належить.",
    ),
    ("The rule {rule} does the same.", "Правило {rule} робить те саме."),
    (
        "The rule {rule} changes the same to another value and is stronger.",
        "Правило {rule} встановлює інше значення й має перевагу.",
    ),
    ("The rule {rule} pauses it.", "Його призупиняє правило {rule}."),
    ("The rule {rule} lowers its budget.", "Правило {rule} зменшує його бюджет."),
    # Models and hold-outs.
    ("No usable model; the rule decided alone.", "Придатної моделі немає; правило вирішило саме."),
    (
        "No usable model serves this, and the rule does not fall back.",
        "Придатної моделі для цього немає, а без неї правило не діє.",
    ),
    (
        "{model}: acting beats not acting with probability {found}, {asked} is needed.{more}",
        "{model}: дія краща за бездіяльність з імовірністю {found}, потрібно {asked}.{more}",
    ),
    (
        "Left alone at random: drew {drawn}, below the share {share}.",
        "Навмання залишено без змін: випало {drawn}, менше за частку {share}.",
    ),
    # What was decided.
    (
        "The conditions hold and every guard lets it pass.{more}",
        "Умови виконано, і всі запобіжники пропускають.{more}",
    ),
    (
        "The conditions hold, but not yet long enough: {held}.",
        "Умови виконано, але ще не досить довго.",
    ),
    ("Asked for by {actor}.", "На прохання: {actor}."),
    ("Approved by {actor}.", "Схвалено: {actor}."),
    ("Rejected by {actor}: {more}", "Відхилено: {actor}: {more}"),
    ("Rejected by {actor}.", "Відхилено: {actor}."),
    ("The account was removed by {actor}.", "Акаунт вилучено: {actor}."),
    ("Taken back by {actor}.", "Скасовано: {actor}."),
    ("Settled by {actor}.", "З’ясовано: {actor}."),
    ("Nobody approved it in time.", "Ніхто не схвалив вчасно."),
    (
        "The action before it in the rule is not carried out.",
        "Попередня дія правила не виконується.",
    ),
    (
        "The action before it in the rule was not carried out.",
        "Попередню дію правила не виконано.",
    ),
    ("The action before it in the rule was vetoed.", "Попередню дію правила зупинив запобіжник."),
    (
        "The action before it in the rule did not take effect.",
        "Попередня дія правила не набула чинності.",
    ),
    (
        "This rule already acted here on the same data; a repeated cycle changes nothing.",
        "Це правило вже діяло тут на тих самих даних; повторний цикл нічого не змінює.",
    ),
    # Fresh data.
    (
        "The account could not be read whole; nothing is done until it can.",
        "Акаунт не вдалося зчитати повністю; доти нічого не робиться.",
    ),
    (
        "The numbers of {what} are {age} minutes old, {limit} are allowed.",
        "Числам «{what}» {age} хв, дозволено {limit} хв.",
    ),
    ("The numbers of {what} were never read.", "Чисел «{what}» ще не зчитано."),
    # Money.
    (
        "From {before} to {after} is more than {percent} % at once.",
        "Із {before} до {after} – це більше ніж {percent} % за раз.",
    ),
    (
        (
            "{after} is more than {factor} times the usual {usual} of the last 30 days: "
            "a person must decide."
        ),
        "{after} – понад {factor} × звичного за 30 днів ({usual}): має вирішити людина.",
    ),
    (
        "The account's daily budgets would come to {total}; the limit is {limit}.",
        "Денні бюджети акаунта сягнули б {total}; межа – {limit}.",
    ),
    (
        "The day's budget changes would come to {total}; the cap is {cap}.",
        "Зміни бюджетів за день сягнули б {total}; межа – {cap}.",
    ),
    (
        "The account's daily cap on budget changes is used up.",
        "Денну межу змін бюджетів акаунта вичерпано.",
    ),
    ("{after} is above the ceiling of {ceiling}.", "{after} – більше за стелю {ceiling}."),
    (
        "{after} is below the account's smallest budget of {floor}.",
        "{after} – менше за найменший бюджет акаунта, {floor}.",
    ),
    # Rest.
    (
        "Changed {ago} ago; the rule rests {rest}.",
        "Змінено {ago} тому; перепочинок правила – {rest}.",
    ),
    (
        "The budget was moved the other way {ago} ago.",
        "{ago} тому бюджет змінили в протилежний бік.",
    ),
    ("{who} changed it {ago} ago.", "Змінено {ago} тому: {who}."),
    ("The budget was changed {count} times today.", "Змін бюджету за сьогодні: {count}."),
    (
        "The budget was changed {count} times within an hour.",
        "Змін бюджету за годину: {count}.",
    ),
    (
        "The rule acted here {count} times today, {limit} allowed.",
        "Дій правила тут за сьогодні: {count}, дозволено {limit}.",
    ),
    ("The rule acts at most {limit} times in all.", "Дій правила загалом дозволено: {limit}."),
    (
        "The rule acts on at most {limit} objects a run.",
        "Об’єктів за один запуск правила дозволено: {limit}.",
    ),
    ("Meta is still learning to deliver it.", "Meta ще вчиться його показувати."),
    # Switches.
    (
        "The account {account} is read only until its login works again.",
        "Акаунт {account} лише для читання, доки його вхід знову не запрацює.",
    ),
    (
        "The account {account} is read only: {right} is missing.",
        "Акаунт {account} лише для читання: бракує {right}.",
    ),
    (
        "Automation is switched off for the account {account}.",
        "В акаунті «{account}» автоматизацію вимкнено.",
    ),
    ("The account {account} is not active at Meta.", "Акаунт «{account}» неактивний у Meta."),
    ("Quiet hours from {begin} to {end}.", "Тихі години з {begin} до {end}."),
    ("The engine was stopped by {actor}.", "Рушій зупинено: {actor}."),
    ("{name} is protected.", "Об’єкт «{name}» захищено."),
    # Trouble.
    (
        "At most {limit} campaigns are touched at once; the others wait for the next run.",
        "Водночас змінюється щонайбільше кампаній: {limit}; інші чекають на наступний запуск.",
    ),
    (
        "The outcome of an earlier action on this object is not settled yet.",
        "Наслідок попередньої дії з цим об’єктом ще не з’ясовано.",
    ),
    (
        "{count} actions within an hour were {what}; the account rests.",
        "Дій за годину, {what}: {count}; акаунт перепочиває.",
    ),
    # What a rule cannot do.
    (
        "Ads have no budget. Write the rule for ad sets or campaigns.",
        "Оголошення не мають бюджету. Напишіть правило для груп або кампаній.",
    ),
    (
        "An object whose status is {status} is never acted on.",
        "Об’єктів у стані «{status}» правила не чіпають.",
    ),
    (
        "The budget of {name} lives on its ad sets. Write the rule for ad sets (level: adset).",
        "Бюджет «{name}» – у її групах. Напишіть правило для груп (level: adset).",
    ),
    (
        (
            "The budget of {name} lives on its campaign and is shared with other ad sets. "
            "Write the rule for campaigns (level: campaign)."
        ),
        (
            "Бюджет «{name}» – у кампанії, спільний з іншими групами. "
            "Напишіть правило для кампаній (level: campaign)."
        ),
    ),
    (
        "This version does not bring objects back by itself ({what}) yet.",
        "Ця версія ще не повертає об’єктів сама ({what}).",
    ),
    ("This version does not carry out {what} yet.", "Ця версія ще не виконує {what}."),
    (
        (
            "{action} can't be done by a rule on {level}: it aims at {aim}, "
            "which is not this object nor above it."
        ),
        (
            "Правило рівня {level} не може виконати {action}: її ціль – {aim}, "
            "а це не сам об’єкт і не вищий за нього."
        ),
    ),
    (
        "Bids live on ad sets. Write the rule for ad sets (level: adset).",
        "Ставки – у групах. Напишіть правило для груп (level: adset).",
    ),
    (
        "{name} has no bid of its own: its strategy is {strategy}.",
        "«{name}» не має власної ставки: стратегія – {strategy}.",
    ),
    ("{name} has no bid of its own.", "«{name}» не має власної ставки."),
    (
        "The action {action} says no bid above zero.",
        "Дія {action} не називає ставки, більшої за нуль.",
    ),
    (
        "The bid already is {amount}, to the minor unit.",
        "Ставка вже {amount}, до найменшої одиниці.",
    ),
    (
        "Creatives live on ads. Write the rule for ads (level: ad).",
        "Креативи – в оголошеннях. Напишіть правило для оголошень (level: ad).",
    ),
    ("{name} has the label already.", "«{name}» уже має мітку."),
    ("{name} has no such label.", "«{name}» не має такої мітки."),
    ("No model predicts creatives yet.", "Моделі для креативів ще немає."),
    (
        "The ad set of {name} has no other creative.",
        "У групі оголошення «{name}» немає іншого креативу.",
    ),
    (
        (
            "It has spent {share} of this budget already; "
            "Meta takes no budget below {percent} % of what is spent."
        ),
        (
            "Із цього бюджету витрачено {share}; "
            "Meta не приймає бюджету, меншого за {percent} % витраченого."
        ),
    ),
    (
        "This version makes one copy at a time.",
        "Ця версія робить по одній копії.",
    ),
    (
        "This version makes copies paused and with the budget of their source.",
        "Ця версія робить копії призупиненими й з бюджетом оригіналу.",
    ),
    ("It is {status} now and can't be changed.", "Тепер {status}, змінити не можна."),
    ("The action {action} says no amount.", "Дія {action} не називає суми."),
    (
        "The action {action} would move the budget to {after}.",
        "Дія {action} змінила б бюджет до {after}.",
    ),
    (
        "The budget already is {amount}, to the minor unit.",
        "Бюджет уже {amount}, до найменшої одиниці.",
    ),
    (
        "The budget {amount} is at its ceiling of {bound} already.",
        "Бюджет {amount} уже на стелі {bound}.",
    ),
    (
        "The budget {amount} is at its floor of {bound} already.",
        "Бюджет {amount} уже на підлозі {bound}.",
    ),
    (
        "The rule bounds a daily budget, but this object has a lifetime budget.",
        "Правило обмежує денний бюджет, а об’єкт має бюджет на весь час.",
    ),
    ("{name} is {status} already.", "Об’єкт «{name}» уже {status}."),
    # On the way to Meta and back.
    ("Sent to Meta.", "Надіслано в Meta."),
    ("The message was handed over for delivery.", "Повідомлення передано для доставлення."),
    (
        "It has {now} now instead of {before}; somebody changed it meanwhile.",
        "Зараз {now} замість {before}: хтось змінив тим часом.",
    ),
    ("Its status is {now} now instead of {before}.", "Стан зараз – {now} замість {before}."),
    ("Its budget is kept in another place now.", "Його бюджет тепер в іншому місці."),
    ("Meta has the new value.", "У Meta вже нове значення."),
    (
        "Meta accepted it, but reading back shows another value.",
        "Meta прийняла зміну, але зчитано інше значення.",
    ),
    (
        "Meta accepted it, reading back failed: {more}",
        "Meta прийняла зміну, але зчитати її не вдалося: {more}",
    ),
    ("Meta did not change it: {more}", "Meta не змінила: {more}"),
    (
        "Not sent, because of an answer just before: {more}",
        "Не надіслано через попередню відповідь: {more}",
    ),
    (
        "Nothing was sent: the object's reading had grown too old meanwhile.",
        "Нічого не надіслано: зчитане про об’єкт тим часом застаріло.",
    ),
    (
        "Sent, but nobody knows the outcome: {more}",
        "Надіслано, але наслідок невідомий: {more}",
    ),
    (
        "The object could not be read before: {more}",
        "Об’єкт не вдалося зчитати перед зміною: {more}",
    ),
    ("The object is no longer there.", "Об’єкта вже немає."),
    ("Too much time passed since it was decided.", "Від рішення минуло забагато часу."),
    # After a crash, and what Meta's history tells.
    (
        "It has {now} now and Meta's history does not say why.",
        "Зараз {now}, і історія Meta не пояснює чому.",
    ),
    (
        "Meta has the old value and its history does not know our change.",
        "У Meta старе значення, і її історія не знає нашої зміни.",
    ),
    ("Meta's history shows our change.", "Історія Meta показує нашу зміну."),
    (
        "Meta's history shows our change; {who} changed it to {now} afterwards.",
        "Історія Meta показує нашу зміну; потім змінено на {now}: {who}.",
    ),
    (
        "The object is no longer there and Meta's history does not say why.",
        "Об’єкта вже немає, і історія Meta не пояснює чому.",
    ),
    (
        "{who} changed it at the same time; it has {now} now, ours was {ours}.",
        "Водночас змінено: {who}; зараз {now}, наше було {ours}.",
    ),
    (
        "Meta could not be asked for what became of it.",
        "Не вдалося запитати Meta, що з цим сталося.",
    ),
    (
        "The engine ended before this was sent; it is too old now.",
        "Рушій завершився до надсилання; тепер це застаріло.",
    ),
    (
        "The engine ended while this was on its way.",
        "Рушій завершився, поки це надсилалося.",
    ),
)

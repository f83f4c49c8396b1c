"""What people say to each other under any post: agreeing, asking back, thanking; and quotes."""

from planet.config.demo.grammar import Line

_GENERAL = {
    "en": (
        "+ This is the clearest thing I've read on {A} this week.",
        "+ Saved. Coming back to it on {wd}.",
        "? What would change your mind? => Being wrong on the mechanism, not on the date.",
        "+ Been saying this to my desk since {mo}, with worse words.",
        "! Not sure. {B} had the same look and went nowhere.",
        "? Size? Not asking for advice, asking for honesty. => Small enough to post about it calmly.",
        "+ {who} wrote the other half of this yesterday. Read them together.",
        "! Good reasoning, wrong week. I'd wait for {wd}.",
        "+ Short and useful. More of these.",
        "? Is there a longer version somewhere? => Being written. It keeps getting shorter.",
        "+ The second sentence is the whole post.",
        "! Counterpoint: nobody on the other side is forced to act yet.",
        "+ Took me {n} minutes to disagree and {n2} more to stop.",
        "? How long have you tracked this? => Properly since {mo}; with one eye for years.",
    ),
    "zh": (
        "+ 这周看到讲 {A} 最清楚的一条。",
        "+ 收藏了,{zwd}回来看。",
        "? 什么情况会让你改主意? => 机制错了就改,日子错了不改。",
        "! 不太确定,{B} 当时也是这个样子,后来没动。",
        "+ 短,有用,多来点。",
        "? 有长一点的版本吗? => 在写,越写越短。",
        "+ 第二句就是全部了。",
    ),
}

GENERAL = {language: tuple(map(Line.parse, lines)) for language, lines in _GENERAL.items()}

# What the author (or someone else) says back, by what the comment did.
REPLIES = {
    "en": {
        "!": (
            "Could well be. I'd be out before I'd be convinced, though.",
            "That's the best argument against it, and the reason it isn't full size.",
            "Noted, and I mean it: this goes into the journal next to the idea.",
            "We agree on the facts and differ on the week. Happy to be early by one.",
            "If that's right, we'll see it by {wd}. I'll post either way.",
        ),
        "+": (
            "Thank you. It took a lot of bad ones to get here.",
            "Good addition, I had missed that.",
            "Then we'll be wrong together, in small size.",
            "Appreciated. Add what you see, the thread is better than the post.",
            "Ha. Yes.",
        ),
        "?": ("Good question, I'll write that up properly by {wd}.",),
    },
    "zh": {
        "!": (
            "有可能。不过等我信服之前,止损先到了。",
            "这是最有力的反对意见,所以没有满仓。",
            "记下了,放在日记里这个想法旁边。",
        ),
        "+": ("谢谢,前面写坏了很多才有这条。", "补充得好,我漏了。", "那就小仓位一起错。"),
        "?": ("好问题,{zwd}前单独写一条。",),
    },
}

# The person who asked, once answered.
CLOSERS = {
    "en": (
        "That answers it, thanks.",
        "Makes sense. Borrowing that.",
        "Clear. Then I'm doing it wrong on {B} as well.",
        "Thanks, I'd had that backwards.",
        "Fair enough. See you at {up}.",
        "Good. I'll hold you to it.",
    ),
    "zh": ("明白了,谢谢。", "有道理,学到了。", "原来我一直想反了。"),
}

QUOTES = {
    "en": (
        "This, and the desk that was short is now the one asking for liquidity. You can see it in {A}.",
        "Worth reading twice. I'd only add that {dn} on {A} matters more than the headline.",
        "Half agree. The mechanism is right; the timing needs {B} to confirm.",
        "The part nobody quotes is the part that costs money.",
        "Same conclusion from a different corner: my {A} data says {pct}, not less.",
        "I'd frame it the other way round, which is why quoting is better than arguing.",
        "Filed under things I wish I had read before {mo}.",
        "Careful with this one if you're on {x}. The idea is fine, the leverage isn't.",
        "A good example of saying what would prove you wrong. More of this on {A}, please.",
    ),
    "zh": (
        "值得读两遍。我只补一句:{A} 的 {dn} 比标题重要。",
        "同意一半,机制对,时间要等 {B} 确认。",
        "换个角度得到同样的结论,我的数据是 {pct}。",
    ),
}

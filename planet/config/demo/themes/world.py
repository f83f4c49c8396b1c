"""The world around the coins: rates, allocators, money, law, tokens, machines."""

from planet.config.demo.grammar import ALL, MAJORS, Theme

MACRO = Theme(
    name="macro",
    assets=MAJORS,
    topics=("macro", "cpi", "rates", "liquidity"),
    posts=(
        "CPI on {wd}. The curve already knows: two-year yields fell {bp} in {d} days. If the number is soft, {A} has to earn a rally that bonds already took. {T}",
        "Net liquidity turned up {usd} this week, first time since {mo}. {A} usually notices with a lag of about {d} days. [Usually.|I said usually.]",
        "The dollar is doing the talking. {A} against the index, 30-day correlation: −0.{iv}. Ignore the narrative, watch the yen.",
        "Everyone is positioned for the cut. Nobody is positioned for the statement.",
        "Rate decision in {h} hours. My plan for {A}: no position into it, one alert at {up}, one at {dn}, and a walk.",
        "Real yields up {bp}, gold up, {A} up. [Two of those three are usually lying.|When everything rises, the thing falling is trust in paper.]",
        "Unemployment claims beat, futures sold off, {A} didn't care by {clock}. Good sign: it has stopped being the tail of somebody else's dog.",
        "Three charts I check on Monday before {A}: bank reserves, the Treasury's cash account, high-yield spreads. Today: flat, falling, tight. That's a green light with a cough.",
        "Oil at a {w}-week low is a tax cut. It reaches {A} through rents and rates, slowly, and nobody will credit it.",
        "The revision mattered more than the print: {mo} was cut by half. {A} moved {small} on the headline and nothing on the truth.",
    ),
    comments=(
        "?(liquidity) Which measure? The popular one double-counts reserves. => Reserves minus the cash account minus reverse repo; weekly, unsmoothed.",
        "!(lag) The lag is unstable. Out of sample it's anywhere from {n2} to {n} days. => Agreed, which is why it sizes my position and never times it.",
        "+(dollar|yen|correlation) Yen crosses agreed at {clock}. First time this month.",
        "?(decision|print|cpi|cut) Would you hedge with options into it, or just go flat? => Flat. Paying for implied before a print is paying the house.",
        "+(statement|cut|decision) The statement was the mover last time as well: {small} on the number, three times that on the words.",
        "?(real yields|gold) Which of the three is lying, then? => Ask me in a month. Today I'd bet on the one with the best headlines.",
        "?(charts i check|reserves) Where do you get bank reserves without the one-week lag? => You don't. I trade the change, not the level, so the lag hurts less.",
        "+(oil|claims|revision|revised) Nobody reads page two of that release. Thank you for doing it.",
        "!(claims|tail|didn't care) One quiet session doesn't make a regime. Ask again at the next big one.",
    ),
    pictures=("curve", "waves", "bars"),
)

ALLOCATORS = Theme(
    name="allocators",
    assets=("BTC", "ETH", "SOL", "XRP"),
    topics=("etf", "allocation", "institutions"),
    posts=(
        "Day {n2} of net inflow into the {A} funds: {usd}. Price up {small}. Somebody large is selling into it very politely.",
        "Sat with {n2} pension consultants this week. Question one was custody. Question two was custody. Return came up over coffee.",
        "{A} fund flows {usd} in, CME open interest {usd2} down. That's basis coming off, not belief going on. [Read both lines or neither.|Half of 'institutional demand' is arithmetic.]",
        "Model portfolio with {A} at 2 per cent, rebalanced monthly: drawdown hardly changes, Sharpe goes up by a little. At 10 per cent it's a {A} portfolio with bonds as decoration. {T}",
        "An endowment committee approved {A} in {n} minutes after {w} months of papers. The papers were the decision.",
        "Creation in kind makes the {A} wrapper boring. Boring is what allocators buy.",
        "Advisers don't chase. They rebalance. If {A} closes the quarter here, about {usd} must be sold by rule and nobody will mean anything by it.",
        "Premium on the closed-end {A} trust: {small}. It was {pct} in {mo}. Structure, slowly, wins.",
    ),
    comments=(
        "+(advisers|creation|boring|quarter) Boring is also what compliance signs on a Friday.",
        "?(inflow|flows|funds) Is that net of the conversion out of the old trust? => Net of it. Gross flatters by a third.",
        "+(consultants|custody|committee) Here they ask about insurance third. Then they ask about custody again.",
        "!(per cent|portfolio) Two per cent is chosen because it can't hurt, not because it's optimal. => Quite. Optimal is unstable, small and kept is a strategy.",
        "?(inflow|institutional|basis) What share of it do you think is basis? => About half by size of the futures book; less every month.",
        "+(rebalance|rule|quarter) Should hit around {clock} on the last day. Seen it {n2} quarters in a row.",
        "?(committee|papers|endowment) What was the one objection that mattered? => Key-person risk. Theirs, not the coin's.",
        "?(premium|trust) Why hasn't it closed completely? => Because closing it needs a form with three signatures.",
    ),
    pictures=("bars", "curve"),
)

PAYMENTS = Theme(
    name="payments",
    assets=("ETH", "SOL", "TON", "XRP", "STX"),
    topics=("stablecoins", "payments", "remittance"),
    posts=(
        "Paid {n} suppliers in stablecoins this month. Average time: under a minute. Average time of the bank explaining why it can't: {d} days.",
        "Supply of dollar tokens rose {bn} in {w} weeks. It isn't waiting to buy {A}; most of it is payroll and invoices now. {T}",
        "Sent my mother two hundred over {A} rails, fee {small}. She called before the confirmation did.",
        "A shop in my street takes {A} and shows the price in local money. Nobody there has ever said the word blockchain. That's the product.",
        "Float yield on a dollar token at {apy}: issuer keeps all of it. The next competition isn't on fees, it's on who gets the interest.",
        "Depeg drill: what do you do if your dollar token trades at 0.97 for {h} hours? We wrote it down today. It fits on a card.",
        "Card acceptance costs the bakery {small}. The token costs a tenth and settles before the bread cools. Chargebacks are the honest counter-argument.",
        "{usd} moved on a Sunday at {clock}, final in seconds. Banks open tomorrow.",
    ),
    comments=(
        "?(suppliers|invoices|payroll) How do suppliers book it? Ours asked for an invoice in euro anyway. => Invoice in euro, settlement note with the rate of the hour. The auditor asked for nothing else.",
        "!(fee|costs|cheap) Fees are low until the off-ramp. That's where the rest hides. => Off-ramp included. Without it the figure is a toy.",
        "+(bank|mother|days|sunday) Same corridor, same week, via bank: {d} days and a phone call about 'source of funds'.",
        "?(depeg|drill|card) What's on the card? => Two exits ready, a limit per issuer, and nobody tweets before accounting has moved.",
        "+(bakery|chargeback|shop) The one near us went back to cash for chargeback reasons. Honest point.",
        "?(float|interest|issuer) Would regulators let them share it? => In two places, already. Elsewhere it's called a bank and gets treated like one.",
        "?(supply|payroll) How do you separate payroll from trading? => By time of day and repeat pairs. Salaries are very punctual.",
    ),
    pictures=("flow", "bars", "waves"),
)

ASSETS = Theme(
    name="rwa",
    assets=("ONDO", "MKR", "ETH", "LINK", "AVAX"),
    topics=("rwa", "tbills", "credit"),
    posts=(
        "Tokenised T-bills have a plumbing problem, not a yield problem: redemption windows, transfer agents, and one oracle everybody forgot. {T}",
        "Redeemed {usd} of a tokenised bill fund at {clock} on a Friday to see what happens. Money: Monday. Token: burned at once. Mind the gap; it's your credit risk.",
        "Private credit on chain pays {apr}. In the footnotes: {half} to three borrowers. Diversification is not a font size.",
        "Real-world collateral behind {A} grew {pct} this quarter. What matters is the legal sentence: whose bankruptcy is it remote from?",
        "Transfer agent goes on holiday, token keeps trading, price drifts {small} from NAV. Discount is a calendar.",
        "Good question in the group today: if the bill is in a custodian and the token on {A}, which one did you buy? Answer: the claim. Read whose.",
        "First coupon paid on chain: {n} holders, one transaction, {gwei}. The paper version took {d} working days and a fax.",
    ),
    comments=(
        "?(friday|gap|redeem|redemption) Who eats the Friday-to-Monday risk in the terms? => The holder, in one half-sentence under 'settlement'. That was the point of the test.",
        "+(borrowers|credit|footnotes) The borrower table is on page {n}. Three names, as you say.",
        "!(transfer agent|agents|plumbing) Transfer agents are the feature: without one it's a picture of a bond. => Agreed that you need one. I want it to work weekends.",
        "?(oracle|nav) Would a second oracle help, or just average the same mistake? => Only if it reads a different source. Most read the same page.",
        "?(claim|custodian|bankruptcy|legal) Has that sentence been tested in a court anywhere? => Once, for a different asset. It held, which is why I quote it.",
        "+(coupon|fax) Our back office still prints the confirmation. For the fax.",
    ),
    pictures=("waves", "curve"),
)

TOKENS = Theme(
    name="tokens",
    assets=("ARB", "OP", "TIA", "ENA", "PYTH", "SUI", "JUP", "UNI", "AAVE", "HYPE"),
    topics=("tokenomics", "unlocks", "governance"),
    posts=(
        "{A} unlock on {wd}: {usd}, {pct} of float. Last one was sold in {h} hours, mostly by one fund, mostly above {px}. [I'd rather buy the day after.|Supply is a date, not a rumour.]",
        "Vote closes {wd}: should fees go to {A} stakers? {half} yes so far, {n} wallets decide it. Turnout would embarrass a village.",
        "Buyback of {usd} in {A} sounds big. Emissions over the same time are {usd2}. [Do the subtraction first.|One hand buys, the other prints.]",
        "Revenue multiple on {A}: {n}. On {B}: {n2}. One of them pays holders. The market prices the story higher. {T}",
        "Read the {A} proposal so you needn't: pages 1 to {n} are vision, page {n} is a {usd} grant to the authors' friends.",
        "Points are a token whose price you aren't allowed to see. My {A} season-two estimate: {apr} on time spent, minus your evenings.",
        "Circulating supply of {A} rose {pct} since {mo}, price fell less. That's strength, and it's invisible on the chart.",
        "Delegated my {A} votes to someone who disagrees with me and shows up. Better deal than agreeing and staying at home.",
        "A fair launch is the one where the team's buys are slower than yours. Check the first {n} blocks.",
    ),
    comments=(
        "?(one fund|unlock) Where do you see that it was one fund? The distributor fans out to {n} wallets. => They re-converge at one deposit address two hops later. Sloppy of them, useful for us.",
        "+(vote|quorum|proposal) It's at quorum now, margin {n2} wallets. You were right about the village.",
        "!(emissions|buyback) Emissions go mostly to stakers who restake. Sold supply is lower than you say. => Good catch: the sold share was about a third. Still more than the buyback.",
        "?(revenue|multiple) So which do you hold, {A} or {B}? => Neither this week. I'll hold the one that pays me, when it isn't about to unlock.",
        "+(grant|proposal) Second table, same address as the last grant.",
        "?(points|season) How do you value your evenings? => At what a baby-sitter costs. Then the points are expensive.",
        "?(delegated|votes) What made you pick someone you disagree with? => They publish their reasons, and they were right when I was loud.",
        "!(supply|float|strength) Or nobody has had a venue deep enough to sell it on yet.",
        "+(fair launch|blocks) Checked. Block two. Always block two.",
    ),
    pictures=("bars", "curve", "candles"),
)

LAW = Theme(
    name="law",
    assets=ALL,
    topics=("policy", "tax", "regulation"),
    posts=(
        "The draft runs to {n2}0 pages; here are the four that matter if you custody {A} for others. One: segregation by key, not by spreadsheet. Two to four below. {T}",
        "Tax season note: swapping {A} into {B} is a disposal nearly everywhere. 'I never cashed out' is not a defence, it's a confession.",
        "Travel-rule message failed {n} times between two licensed venues today. The rule works; the address book doesn't exist.",
        "Consultation closes on {wd}. Write three paragraphs, not a manifesto. They read the short ones. I know because I used to be the one reading.",
        "Cost basis for staking rewards in {A}: value when you may move them, not when they appear. Keep the hourly price. Your future self is an auditor.",
        "A licence is not an endorsement. It means someone has the power to be angry on your behalf.",
        "Court ruled that {A} held in trust isn't the estate's. {n} pages, one useful sentence, and it's the definition of control.",
    ),
    comments=(
        "?(segregation|custody) Does segregation by key mean one address per client? => One key set per client, addresses may be many. It's in the footnote.",
        "+(consultation|paragraphs) Sent my three paragraphs. Got an acknowledgement with a name on it.",
        "!(disposal|rewards|tax) In my country that's taxed on sale only. 'Nearly everywhere' is doing work there. => True, and lucky you. Say which country and I'll add it to the list.",
        "?(hourly price|cost basis) Any tool that keeps the price without giving away my addresses? => A spreadsheet and the hour's close, kept monthly. Auditors like dull.",
        "?(travel-rule|address book) Which of the two was at fault? => Both had the right form and the wrong name of the other. A directory would do.",
        "+(licence|endorsement) Best definition of a licence I've read. Stealing it for a slide.",
        "?(court|trust|estate) Does it bind anyone outside that jurisdiction? => No, but judges read each other, and this one is short.",
    ),
    pictures=("flow",),
)

MACHINES = Theme(
    name="machines",
    assets=("TAO", "NEAR", "ETH", "SOL", "LINK"),
    topics=("agents", "ai", "compute"),
    posts=(
        "Gave an agent a wallet with fifty dollars and a limit per hour. It paid for {n} API calls, overpaid once, and asked me twice. Better than my intern year.",
        "Agents don't need a token, they need a spending limit that a court understands. {T}",
        "GPU hour on the open market: {small} cheaper than the cloud, and {ms} ms further away. Fine for training; useless for the thing you actually sell.",
        "{A} is up {pct} because a demo booked a flight. The revenue line of the protocol moved {bp}. [Both can be right for a quarter.|One of those numbers pays.]",
        "Let two models argue about {A} for {h} hours. They agreed with whichever of them spoke last. Ship it, it's a fund manager.",
        "Provenance is the useful half: signed at the camera, checked at the reader. No coin needed, though someone will sell you one.",
        "Our back-test assistant found a {r} Sharpe on {A}. It had read tomorrow's close. Check the join before you check the maths.",
    ),
    comments=(
        "?(limit|wallet) How do you set the hourly limit, contract or custodian? => In the contract, with a pause key on my phone. Custodians round up.",
        "+(tomorrow's close|back-test|join) Had the same look-ahead bug. It was the time zone.",
        "!(gpu|further away|training) The distance doesn't matter for batch inference, which is half the market. => Fair for batch. I sell the other half.",
        "?(overpaid|paid for) What did it overpay for? => A weather feed, of all things. It wanted to know about mining in Quebec.",
        "?(models argue|agreed) Did you swap who speaks last? => Yes. Opinion swapped with it. That's the finding.",
        "+(provenance|camera) The checker is the hard part: nobody presses the button.",
        "!(demo|revenue) Revenue lags usage by a quarter in every protocol I follow. => Both can be right, as I said. I'm only refusing to pay for it twice.",
    ),
    pictures=("network", "curve"),
)

MINING = Theme(
    name="mining",
    assets=("BTC",),
    topics=("mining", "energy", "hashrate"),
    posts=(
        "Hash price fell {small} and difficulty rises in {d} days. Our break-even is {dn2} on power alone; [we're fine, the neighbours aren't|the older machines go dark on {wd}].",
        "Curtailed for {h} hours last night and earned more than mining. A mine is a battery with opinions. {T}",
        "Moved {n} containers next to a hydro dam that had nobody to sell to. The village got a road. The dam got a customer who leaves when asked.",
        "Fees were {pct} of the block reward today. That's the number that has to grow up before the next halving.",
        "Immersion cooling after {w} months: {pct} less power, {n2} leaks, one very surprised technician.",
        "Miners sent {big} coins to exchanges, the least in {w} weeks. Treasury managers have learned the word 'covered call'.",
        "Heat from our small site warms a greenhouse. Tomatoes in {mo}, at a latitude that shouldn't. {A} is the by-product, says the farmer.",
    ),
    comments=(
        "?(curtailed|battery|power) What does the power contract say about notice? => Thirty minutes, paid per megawatt. We usually manage nine.",
        "+(difficulty|hash price|break-even) The estimate is {small} higher as of {clock}. Tight.",
        "!(covered call|treasury) Covered calls are how miners sell twice and learn once.",
        "?(tomatoes|greenhouse|heat) Photo of the tomatoes or it didn't happen. => Photos on {wd}. The farmer wants royalties.",
        "?(immersion|cooling|leaks) Does the resale value of the machines survive the bath? => About half of it. We count them as fuel.",
        "?(dam|hydro|village) What happens to the village when you leave? => The road stays, the contract says so. That was their price.",
        "+(fees|halving) It was a quarter of that in {mo}. Lumpy, but the floor rises.",
    ),
    pictures=("bars", "waves"),
)

THEMES = (MACRO, ALLOCATORS, PAYMENTS, ASSETS, TOKENS, LAW, MACHINES, MINING)

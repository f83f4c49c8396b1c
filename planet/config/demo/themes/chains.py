"""What happens on chains: flows, yields, builders, security, validators."""

from planet.config.demo.grammar import ALL, Theme

ONCHAIN = Theme(
    name="onchain",
    assets=("BTC", "ETH", "SOL", "XRP", "LINK", "TON"),
    topics=("onchain", "flows", "whales"),
    posts=(
        "Exchange balances of {A} fell by {usd} this week. [Cold storage labels, not custodians, so I count it.|Two thirds is one custodian shuffling wallets, so I count the rest.]",
        "A wallet asleep since {mo} moved {big} {A} to a fresh address and stopped. No exchange tag. [Housekeeping until proven otherwise.|Inheritance planning looks exactly like this.]",
        "Short-term holder cost basis on {A} is {dn}. Price is {small} above it. Every reclaim of that line this year was worth holding; every loss of it was worth respecting.",
        "Coin days destroyed on {A} spiked at {clock}, then nothing. Old coins left, price shrugged. {T}",
        "New addresses on {A} up {pct} in {w} weeks, fees flat. [Airdrop farmers don't pay for blocks.|Growth that doesn't bid for blockspace is a spreadsheet.]",
        "Traced the {usd} that left the bridge: {n} hops, {n2} of them through fresh wallets, all funded from one {B} account. Names are for the police; the pattern is for everyone.",
        "Large {A} transfers before the US open: {n}. After: none. Whoever it is keeps office hours.",
        "Realised profit on {A} today: {usd}. Sellers at {px} bought below {dn2}. This is distribution by happy people, the calm kind.",
        "Clustered the top {n} {A} holders by funding source. It's {n2} people. Decentralisation is a chart too.",
        "Stable inflows to exchanges {usd} since {wd}, {A} inflows nothing. Ammunition without sellers. I've seen this film and liked it.",
    ),
    comments=(
        "?(balances|exchange|custodian) How do you tell a custodian shuffle from a withdrawal? => By the change pattern: withdrawals fan out, shuffles stay in one script type.",
        "+(traced|hops|wallet|clustered) One of those is a known market maker's hot wallet; tagged it for you in the dashboard.",
        "!(balances|exchange|cold) Balances fell because one venue changed its cold wallet script. Check the {clock} block. => Checked, and you're right for a third of it. Corrected figure follows.",
        "?(balances|addresses|holders|transfers) Does that include wrapped {A}? => Native only. Wrapped coins move when arbitrage moves, not when owners do.",
        "+(cost basis|holder|reclaim) The three-month cohort sits at {dn} as well. Two lines, one level.",
        "?(asleep|old coins|coin days) Could it be a change of custody after a sale off the market? => It could. The amount doesn't match any public deal, so I leave it as 'moved'.",
        "!(profit|distribution|sellers) Happy sellers are still sellers. It stops being calm when the bid does.",
        "?(new addresses|farmers) What would real growth look like in this data? => Fees. People who want something pay to be early.",
        "+(stable|ammunition|inflows) Seen it, too. Half of it is on one venue, though, so I halve my excitement.",
        "+(office hours|transfers|hours) They were late on the last holiday, by exactly one time zone.",
    ),
    pictures=("bars", "curve", "flow"),
)

YIELD = Theme(
    name="yield",
    assets=("ETH", "AAVE", "PENDLE", "ENA", "UNI", "LDO", "MKR"),
    topics=("defi", "yield", "lending"),
    posts=(
        "Borrow rate on {A} collateral jumped to {apr} when one account pulled {usd}. [Utilisation curves are cliffs with a friendly font.|The kink did what kinks do.]",
        "Where the {apy} comes from: {half} lending fees, the rest emissions. Strip the emissions and you're at Treasury bills with smart-contract risk. {T}",
        "Looped staked {A} at {x}: headline {apr}, honest {apy} after borrow cost, and a {small} depeg takes a month of it. I closed mine.",
        "Fixed side of {A} yield for {mo}: {apy}. Floating has averaged more, but I can't pay rent in averages.",
        "A vault is a promise with a withdrawal queue. Read the queue first. This one is {d} days, and the {A} behind it is lent for {w} weeks.",
        "Liquidity in the {A}-{B} pool fell {pct} and the fee tier didn't move. LPs left because of adverse selection, not boredom.",
        "Impermanent loss on my {A}-{B} range: {small}. Fees collected: a touch more. [Net: a hobby.|I was paid in lessons.]",
        "Three questions before any yield: who pays it, what breaks it, who leaves first. The {A} vault everyone links fails the third.",
        "Oracle for the {A} market updates every {n} minutes or {small}. In a wick that is a lifetime, so I borrow at half the limit.",
        "Risk council lowered the {A} cap by {usd}. Unpopular and correct; liquidations in {B} wouldn't have cleared.",
    ),
    comments=(
        "?(yield|vault|apy|fixed|headline|fees) Is that after the performance fee? => After fees, before gas. Gas matters under about $5,000.",
        "!(emissions) Emissions aren't nothing if you sell them daily. => Fair, if you really do sell daily. Most people compound the token instead.",
        "+(queue|vault) The queue was {d} days last month, too. Nobody reads it until everybody does.",
        "?(closed|left|looped|vault|questions) What would you use instead? => Plain staking, and a small fixed position to {mo}. Dull on purpose.",
        "+(cap|council) Cap history is public; this vault has raised its own limit {n2} times this year.",
        "!(oracle|half the limit) Half the limit is too careful here; the liquidation bonus is small. => Small until the day it isn't. I'd rather be early to that party.",
        "?(borrow rate|utilisation|kink) How long until rates normalise after a pull like that? => Last three times: {h} hours. The borrowers are faster than the lenders.",
        "?(pool|lp|range|impermanent) Would a wider range have saved it? => It would have lost slower and earned less. Same hobby, longer weekends.",
        "+(depeg|looped|staked) Unlooped in {mo}. Sleep has an APY, too.",
    ),
    pictures=("curve", "bars", "waves"),
)

STAKING = Theme(
    name="staking",
    assets=("ETH", "SOL", "ATOM", "SUI", "TIA", "NEAR"),
    topics=("staking", "validators"),
    posts=(
        "Exit queue for {A} validators: {d} days. It was {n2} last week. [Not fear, a custodian rotating keys.|Watch the re-entry, not the exit.]",
        "Ran my own {A} node for {w} weeks. Hardware: a box under the desk. Missed attestations: {n2}. Hours of sleep lost: fewer than in one week of trading {B}.",
        "{A} staking pays {apy}. A third of that is inflation you also own. [Your real yield is what other people forgot to stake.|Do the subtraction.] {T}",
        "Client diversity on {A}: the biggest one still has {half}. One bug away from a very long weekend.",
        "Our validator proposed a block worth {usd} in tips-and-tears, paid us for {d} ordinary days. Luck is lumpy; pools exist to make it dull.",
        "Slashing post-mortem: two machines, one key, {n} seconds. Automatic failover is how careful people get slashed on {A}.",
        "Commission on our {A} validator goes from 5 to 3 per cent on {wd}. Costs fell, so the price does too. That's the announcement.",
        "Restaking asks one bond to promise {n2} things. Bonds are not good at that.",
    ),
    comments=(
        "?(node|client|diversity|validator) Which client pair do you run? => The two smallest that I can read the code of. On purpose.",
        "+(slashing|post-mortem|node|missed) Delegated. Keep writing things like this, that's why.",
        "!(failover|slashing) Failover with a proper remote signer wouldn't have done that. => Agreed, and that's what we run now. The lesson was before it.",
        "?(commission|our validator|pool) What happens to delegators if you stop? => You keep the keys; you'd miss rewards for about {n2} days and move.",
        "+(queue) It's down to {n2} days as of {clock}.",
        "?(inflation|pays|real yield) So is it better not to stake at all? => No: then you pay the inflation and get nothing. It's a fee for not showing up.",
        "?(restaking|bond) Is there any version of restaking you'd touch? => One promise per bond, priced. Nobody sells that yet.",
        "+(luck|lumpy|tips) Smoothing pools exist for exactly this. Dull is a feature.",
    ),
    pictures=("bars", "waves"),
)

SECURITY = Theme(
    name="security",
    assets=ALL,
    topics=("security", "opsec", "audits"),
    posts=(
        "The bridge drain, hour {h}: {usd} out, {usd2} frozen, root cause is a signer set that fitted in one office. [Thresholds are about people, not maths.|Three keys on one laptop is one key.]",
        "Revoke your old approvals. I did mine today: {n} unlimited allowances, {n2} to contracts I couldn't name. Ten minutes. {T}",
        "Somebody cloned our site with one letter changed and bought the ad above us. We will never ask for a seed phrase, a screen share, or a 'test transaction' in {A}.",
        "Audit finished: {n} findings, {n2} serious, all fixed, report public. The most useful one was a comment that lied.",
        "New habit: I read every {A} transaction out loud before signing. Twice it sounded wrong. Once it was.",
        "Hardware wallet, passkey, and a phrase on steel in another city. Cost: about a dinner. Do it before {A} makes you wish you had.",
        "Deep-fake call this morning, my own colleague's face asking to 'unblock a {A} payout'. We have a code word. [It worked.|Get one.]",
        "Post-mortem of the {usd} oracle incident: the price was right, the decimals weren't. Unit tests used 18 everywhere. {B} has six.",
        "If support messages you first, it isn't support.",
        "Timelock on the {A} treasury is {d} days. That's {d} days in which anybody may leave. Good governance is a door, not a promise.",
    ),
    comments=(
        "?(revoke|approvals|allowances) Which tool do you use? Half of them ask for an approval first. => The explorer's own page, from a bookmark, read-only until the last click.",
        "+(revoke|approvals|allowances) Found {n} of mine too, the oldest from {mo} two years back.",
        "+(deep-fake|code word|call) We rehearsed a code word after reading this. Took four minutes.",
        "!(steel|phrase|hardware) Steel in another city is also a single point of failure. Split it. => Yes, two of three. I simplified for length and shouldn't have.",
        "?(audit|report|findings) Is the report really public, or 'public on request'? => Public, with the commit hashes. Link is on my page.",
        "+(decimals|oracle) The decimals bug is on its third incident this year. There should be a type for it.",
        "?(bridge|drain|signer) Any chance for the rest of the funds? => Some. It sits in two places that answer letters.",
        "+(cloned|support|phrase|ad) Reported that ad as well. It was back in {h} hours under another name.",
        "?(read every|out loud|signing) Even the small ones? => Especially the small ones. That's where habits live.",
        "?(timelock|treasury) Who can cancel during those days? => The council, four of seven, and everybody sees it. That's the design.",
    ),
    pictures=("flow", "network"),
)

BUILDERS = Theme(
    name="builders",
    assets=("ETH", "ARB", "OP", "STX", "TIA", "SUI", "SOL", "NEAR"),
    topics=("rollups", "scaling", "builders"),
    posts=(
        "Shipped: proofs on our rollup now land in {n} minutes instead of {h} hours. Users will notice nothing, which was the specification. {T}",
        "Fees on {A} after the upgrade: {gwei}, down {half}. [Demand will find it within a month; it always does.|Cheap blockspace is an invitation.]",
        "We deleted {big} lines this month and the bridge got faster. Nobody applauds a deletion, so I'm applauding it here.",
        "Blob space was full for {h} hours. The fallback to calldata worked, cost {n2} times more, and paged exactly one person: me.",
        "Deployed the same contract on {A} and {B}. Gas: {pct} cheaper on one. Tooling: a week cheaper on the other. Guess which we kept.",
        "Sequencer was down {n} minutes. Force-inclusion worked; we timed it. If your rollup has never tested that path, you don't have that path.",
        "Hot take from someone who writes provers: [the interesting limit is now bandwidth, not proof time|your bottleneck is the state, it was always the state].",
        "Our indexer fell {n} blocks behind on {A} and users thought we'd been hacked. Put the block height on the page. Honesty is a feature.",
        "Reviewed {n} pull requests for the {A} client this week. The best one was a test that failed.",
    ),
    comments=(
        "?(proofs|prover|shipped) What did you give up for that? => Memory. Each prover needs twice as much; there are fewer of them.",
        "+(force-inclusion|sequencer) It took us {h} hours in the drill. Fixed since. Drills work.",
        "!(fees|gas|cheaper) Fees per byte is the wrong figure; per transfer it fell far less. => You're right, per transfer it's about half of that.",
        "?(prover|indexer|client|bridge) Is it open source? => It is, Apache 2, with the benchmark scripts. Please break it.",
        "+(block height|indexer|honesty) Block height on the page should be law.",
        "+(deleted|deletion) The best pull request I merged this year was red from top to bottom.",
        "?(blob|calldata|fallback) What pages you: the price or the queue? => The queue. The price is only money.",
        "?(contract on|tooling) Which one did you keep? => The one with the better debugger. It always is.",
        "?(pull requests|test that failed) What did the failing test catch? => A reorg of two blocks that everybody had assumed away.",
    ),
    pictures=("network", "bars", "curve"),
)

THEMES = (ONCHAIN, YIELD, STAKING, SECURITY, BUILDERS)

"""Who lives on the demo planet: invented people with desks, habits and followings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """A creator: what they write about and how widely they are read (1 is average)."""

    handle: str
    name: str
    bio: str
    themes: tuple[str, ...]
    reach: float
    language: str = "en"


def _p(handle: str, name: str, themes: str, reach: float, bio: str, language: str = "en") -> Persona:
    return Persona(handle, name, bio, tuple(themes.split()), reach, language)


CREATORS = (
    _p("ines", "Ines Varga", "funding levels risk", 6.0, "Perps and patience. I publish the losers first. Budapest, mostly awake for the US open."),
    _p("tomo_perp", "Tomo Ishida", "levels flow funding", 4.2, "Levels, size, invalidation. If it isn't written down before, it doesn't count."),
    _p("sofiareis", "Sofia Reis", "rwa payments law", 3.8, "Tokenised bills, plumbing and the footnotes nobody reads. Ex transfer agent."),
    _p("nils_basis", "Nils Aaberg", "funding yield options", 3.4, "Carry trader. I get paid to wait, and sometimes I get paid back."),
    _p("lucienroy", "Lucien Roy", "options macro", 3.1, "Volatility for a living since before it was on chain."),
    _p("hana_n", "Hana Novak", "options flow", 2.6, "Options flow, read slowly. Teaching what I wish I'd been taught."),
    _p("adaeze", "Adaeze Obi", "flow onchain security", 4.8, "Tracing money through bridges. Liquidation maps for breakfast."),
    _p("gammabram", "Bram Kuiper", "options execution", 3.0, "Dealer hedging, explained with fewer Greek letters than you fear."),
    _p("weilan", "Wei Lan", "market-zh perps-zh", 4.0, "合约与价格行为。先写失效点,再写目标。", "zh"),
    _p("omar_ridge", "Omar Haddad", "macro allocators", 2.4, "Liquidity first, narrative last. Twenty years of rates, five of coins."),
    _p("oyster_desk", "Oyster Desk", "execution flow", 2.9, "Two people and a matching engine. We write about fills."),
    _p("mirabel", "Mirabel Quist", "onchain tokens", 2.2, "I read token contracts so that you can read novels."),
    _p("kofi_nodes", "Kofi Amankwah", "staking builders", 1.9, "Runs validators in three countries and one cupboard."),
    _p("yara_s", "Yara Salim", "security days", 2.7, "Incident responder. Please revoke your approvals."),
    _p("pavelzk", "Pavel Horák", "builders execution", 2.1, "Provers, bandwidth, deletions. Open source or it didn't happen."),
    _p("linxiaoyu", "林小渔", "chain-zh life-zh", 3.2, "链上收益拆解:谁付钱、谁先跑。每周一条长的。", "zh"),
    _p("dune_ita", "Ita Moreau", "onchain macro", 1.7, "Dashboards with opinions. All queries public."),
    _p("ravi_ledger", "Ravi Menon", "law payments", 1.5, "Accountant. Yes, swapping is a disposal. No, I can't make it not be."),
    _p("noor_v", "Noor van Dijk", "lessons risk days", 2.8, "Explaining markets to my past self, and to you."),
    _p("elkeh", "Elke Hartmann", "mining macro", 1.4, "Power engineer. A mine is a battery with opinions."),
    _p("jun_tokyo", "Jun Aoyama", "levels calls", 1.9, "Charts, calls, a public scoreboard. Six of ten is good."),
    _p("chenmo", "陈默", "perps-zh market-zh life-zh", 2.3, "做市转主观。话少,单子更少。", "zh"),
    _p("brightwater", "Brightwater Research", "tokens yield", 2.0, "Unlock calendars and fee switches. Independent, unsponsored."),
    _p("carmen_o", "Carmen Oyola", "payments days", 1.6, "Building remittance rails my mother can use."),
    _p("teo_block", "Teo Lindqvist", "machines builders", 1.8, "Agents with spending limits. Compute markets. Saunas."),
    _p("saanvi", "Saanvi Rao", "risk lessons", 2.1, "Position sizing is my love language."),
    _p("grigor", "Grigor Petrosyan", "calls levels", 1.2, "Publishing every call since I started. The bad year is on there too."),
    _p("amelie_f", "Amélie Fontaine", "rwa allocators", 1.3, "Credit analyst who reads page ninety."),
    _p("zhouyi", "周一平", "chain-zh market-zh", 1.6, "DeFi 老用户,授权每月清一次。", "zh"),
    _p("moss_and_co", "Moss & Co", "yield tokens", 1.1, "A small fund's notebook, minus the positions."),
    _p("dagny", "Dagny Solheim", "mining days", 0.9, "Hydro, hash and tomatoes in the far north."),
    _p("ikenna", "Ikenna Eze", "funding risk", 1.0, "Basis trader. Sleeps well, mostly hedged."),
    _p("petra_k", "Petra Kolar", "security law", 1.2, "Security audits, then the report in plain words."),
    _p("luca_amm", "Luca Bellini", "yield execution", 1.3, "Liquidity provider. My hobby costs a little."),
    _p("shirin", "Shirin Daneshvar", "macro lessons", 1.5, "Economist off duty. Charts you can explain at dinner."),
    _p("hexa", "Hexa", "execution builders", 1.0, "Order books, latency, humility."),
    _p("mateus", "Mateus Prado", "levels flow", 1.1, "Tape reader from São Paulo. One screen, one coffee."),
    _p("anouk", "Anouk Vermeer", "allocators macro", 0.9, "Pension consultant. Custody is question one."),
    _p("guo_jing", "郭静", "life-zh market-zh", 1.4, "给新手写的交易笔记,不喊单。", "zh"),
    _p("birk", "Birk Halvorsen", "staking security", 0.7, "Client diversity is a hobby and a warning."),
    _p("lindiwe", "Lindiwe Dube", "payments lessons", 1.1, "Money that arrives. Writing from Durban."),
    _p("sasha_vol", "Sasha Orlova", "options calls", 1.2, "Short strangles, long wings, long walks."),
    _p("quill", "Quill", "tokens onchain", 0.8, "Governance forums, read to the end."),
    _p("tariq_b", "Tariq Benali", "machines execution", 0.8, "Models that trade, and the ways they lie to me."),
    _p("eun_ji", "Eun-ji Seo", "flow levels", 1.3, "Scalper, retired from anything under five minutes."),
    _p("fennel", "Fennel Labs", "builders staking", 0.9, "We maintain the boring parts of a rollup."),
    _p("marisol", "Marisol Vega", "days lessons", 1.0, "Community and coffee. Asking the questions you were too polite to."),
    _p("haoran", "浩然", "perps-zh market-zh", 1.0, "只做三个币,记录每一笔资金费。", "zh"),
    _p("otto_w", "Otto Wexler", "rwa yield", 0.6, "Structured credit, unstructured opinions."),
    _p("priya_mev", "Priya Nair", "execution security", 1.1, "MEV from the defending side."),
    _p("casimir", "Casimir Bąk", "calls risk", 0.6, "Journal keeper. Week 212."),
    _p("olive_tree", "Olive Tree Capital", "allocators tokens", 0.7, "Long only, slowly."),
    _p("dara_k", "Dara Keo", "onchain flow", 0.9, "Follows wallets, not people. Following back anyway."),
    _p("henrik_l", "Henrik Lund", "macro risk", 0.6, "The dollar explains most of it."),
    _p("xu_he", "徐禾", "chain-zh life-zh", 0.8, "链上数据,慢慢看。", "zh"),
    _p("valeria", "Valeria Conti", "law days", 0.7, "Lawyer. This is not advice, that's a joke, the joke isn't advice."),
    _p("numa", "Numa Okafor", "machines tokens", 0.6, "Compute as a commodity, agents as customers."),
    _p("rosalind", "Rosalind Ashby", "lessons calls", 0.9, "Statistics for people who trade anyway."),
    _p("kestrel", "Kestrel", "levels calls", 0.5, "Four lines and a stop."),
    _p("bao_anh", "Bảo Anh", "yield onchain", 0.7, "Farm-to-table DeFi. Emissions subtracted."),
)  # fmt: skip

_READERS = (
    "jonah abel_r aiko_m alba_t anton_k ari_f asha_d basil_w beatriz bea_lind bojan_z bruna_c cai_wen celeste_a ciro_d "
    "dalia_h daniel_oz dario_p delphi_n deniz_a dinh_v edda_s elio_v emre_t esme_b ezra_p fadi_k farah_i felix_o "
    "fiona_g gael_m georgi_s gita_p gunnar_e halim_j hedda_k henk_j hilde_r hugo_fl ida_berg ilya_n imani_w ingrid_t "
    "isak_o ivo_m jana_h jasper_l jiho_k joao_c kaia_e kamil_w karim_s katya_v keiko_y kiran_b klara_d lars_eg leila_m "
    "lei_zhang lena_fr lior_a livia_g lotte_v luka_b maeve_c malik_t marek_s mei_hua mila_r milo_j mina_y nadia_l neven_k "
    "nia_w nico_br oda_n orla_q oskar_b paola_g pia_h quentin_d rafa_m remy_j rhea_s rina_t ruben_c sami_l selma_o soren_h"
)
READERS = tuple(_READERS.split())

CREATOR_EMAIL = "ines@planet.example"
READER_EMAIL = "jonah@planet.example"
OPERATOR_EMAIL = "admin@planet.example"
OPERATOR_HANDLE = "mira_ops"
TREASURER_HANDLE = "noor_desk"
PASSWORD = "orbit-demo-2026"  # noqa: S105  # known to everybody, seeded in development only


@dataclass(frozen=True)
class Account:
    """A demo account that a newcomer may sign in with."""

    role: str
    email: str
    password: str


TREASURER = Account("treasurer", "treasurer@planet.example", PASSWORD)
ACCOUNTS = (
    Account("creator", CREATOR_EMAIL, PASSWORD),
    Account("reader", READER_EMAIL, PASSWORD),
    Account("operator", OPERATOR_EMAIL, PASSWORD),
    TREASURER,
)

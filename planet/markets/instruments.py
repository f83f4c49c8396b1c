"""The instruments that Planet knows: well-known assets, quoted in USDT. Imports no ORM."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import Final

QUOTE: Final = "USDT"
MOST_FOUND: Final = 8


@dataclass(frozen=True)
class Instrument:
    """An asset quoted in USDT. Prices have `decimals` places.

    `anchor` (USDT), `volatility` (a day's standard deviation, as a share of the price) and `turnover` (USDT a day) are
    what the simulated market starts from; no real price is derived from them.
    """

    symbol: str
    name: str
    decimals: int
    anchor: Decimal
    volatility: float
    turnover: int

    @property
    def pair(self) -> str:
        """As traders write it: BTC-USDT."""
        return f"{self.symbol}-{QUOTE}"

    @cached_property
    def tick(self) -> Decimal:
        """The smallest step of its price."""
        return Decimal(1).scaleb(-self.decimals)

    def round(self, price: Decimal) -> Decimal:
        """A price on the instrument's grid; never 0, which no price is."""
        return max(price.quantize(self.tick, ROUND_HALF_EVEN), self.tick)


def _of(symbol: str, name: str, anchor: str, volatility: float, turnover: int) -> Instrument:
    """An instrument whose prices have as many places as its anchor."""
    price = Decimal(anchor)
    return Instrument(symbol, name, max(0, -int(price.as_tuple().exponent)), price, volatility, turnover * 1_000_000)


_LISTED: Final = (
    _of("BTC", "Bitcoin", "118400.0", 0.021, 38_000),
    _of("ETH", "Ethereum", "4280.00", 0.030, 21_000),
    _of("SOL", "Solana", "214.00", 0.038, 6_200),
    _of("BNB", "BNB", "1042.00", 0.024, 2_400),
    _of("XRP", "XRP", "2.8600", 0.036, 5_100),
    _of("DOGE", "Dogecoin", "0.24200", 0.043, 2_900),
    _of("ADA", "Cardano", "0.8400", 0.038, 1_100),
    _of("HYPE", "Hyperliquid", "41.800", 0.046, 1_300),
    _of("TRX", "TRON", "0.33600", 0.017, 720),
    _of("AVAX", "Avalanche", "28.600", 0.041, 680),
    _of("LINK", "Chainlink", "22.400", 0.040, 940),
    _of("SUI", "Sui", "3.8700", 0.047, 1_250),
    _of("TON", "Toncoin", "3.1200", 0.033, 260),
    _of("DOT", "Polkadot", "4.1200", 0.037, 310),
    _of("LTC", "Litecoin", "112.00", 0.031, 620),
    _of("BCH", "Bitcoin Cash", "562.00", 0.033, 410),
    _of("NEAR", "NEAR Protocol", "2.7100", 0.044, 280),
    _of("APT", "Aptos", "4.6500", 0.044, 270),
    _of("ARB", "Arbitrum", "0.48200", 0.046, 460),
    _of("OP", "Optimism", "0.71400", 0.047, 240),
    _of("ATOM", "Cosmos", "4.5300", 0.036, 140),
    _of("UNI", "Uniswap", "9.8400", 0.043, 420),
    _of("AAVE", "Aave", "302.00", 0.042, 510),
    _of("MKR", "Maker", "1840.0", 0.039, 130),
    _of("LDO", "Lido DAO", "1.1600", 0.049, 190),
    _of("ENA", "Ethena", "0.68400", 0.056, 610),
    _of("ONDO", "Ondo", "0.98600", 0.045, 240),
    _of("PENDLE", "Pendle", "4.9100", 0.051, 120),
    _of("TIA", "Celestia", "1.6800", 0.050, 130),
    _of("SEI", "Sei", "0.29800", 0.048, 180),
    _of("INJ", "Injective", "13.200", 0.046, 150),
    _of("FIL", "Filecoin", "2.3800", 0.041, 210),
    _of("ETC", "Ethereum Classic", "20.400", 0.034, 170),
    _of("XLM", "Stellar", "0.38600", 0.038, 330),
    _of("HBAR", "Hedera", "0.22400", 0.042, 340),
    _of("ICP", "Internet Computer", "4.9600", 0.041, 110),
    _of("WIF", "dogwifhat", "0.84200", 0.060, 320),
    _of("PEPE", "Pepe", "0.000010240", 0.056, 1_050),
    _of("BONK", "Bonk", "0.000021300", 0.057, 480),
    _of("JUP", "Jupiter", "0.47300", 0.049, 90),
    _of("PYTH", "Pyth Network", "0.15200", 0.050, 80),
    _of("JTO", "Jito", "1.6900", 0.049, 60),
    _of("TAO", "Bittensor", "412.00", 0.047, 310),
    _of("STX", "Stacks", "0.73100", 0.046, 90),
    _of("USDC", "USD Coin", "1.0000", 0.0002, 9_400),
)

INSTRUMENTS: Final = {instrument.symbol: instrument for instrument in _LISTED}


def find(symbol: str) -> Instrument | None:
    """The instrument with this symbol, in any case; None when Planet does not know it."""
    return INSTRUMENTS.get(symbol.strip().upper())


def search(prefix: str, limit: int = MOST_FOUND) -> Sequence[Instrument]:
    """Instruments whose symbol, or a word of whose name, begins so: exact symbols first, then by turnover."""
    typed = prefix.strip().removeprefix("$").casefold()
    if not typed:
        return sorted(_LISTED, key=lambda one: -one.turnover)[:limit]
    found = [
        one
        for one in _LISTED
        if one.symbol.casefold().startswith(typed)
        or any(word.startswith(typed) for word in one.name.casefold().split())
    ]
    rank = {one: (one.symbol.casefold() != typed, not one.symbol.casefold().startswith(typed)) for one in found}
    return sorted(found, key=lambda one: (rank[one], -one.turnover))[:limit]

"""The ground floor of Planet: what every hub stands on."""

__version__ = "0.1.0"

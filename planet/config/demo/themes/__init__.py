"""What the demo planet writes about, by theme."""

from planet.config.demo.grammar import Theme
from planet.config.demo.themes import chains, chinese, craft, derivatives, world

THEMES: dict[str, Theme] = {
    theme.name: theme for module in (derivatives, chains, world, craft, chinese) for theme in module.THEMES
}

"""Colours by how they are seen: light given off, and contrast on white paper."""

LEAST = 3.0  # contrast of a mark on its ground (WCAG 2.2, 1.4.11)


def luminance(colour: str) -> float:
    """Relative luminance, 0-1, of "#rrggbb" (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Contrast of two colours, 1-21."""
    dark, light = sorted((luminance(colour), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def legible(colour: str) -> str:
    """The colour, darkened in its own hue until marks in it can be seen on white; most colours stay as they are."""
    while contrast(colour) < LEAST:
        colour = "#" + "".join(f"{int(int(colour[at : at + 2], 16) * 0.95):02x}" for at in (1, 3, 5))
    return colour

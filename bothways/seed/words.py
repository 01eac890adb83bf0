"""Words that look real: names, places, things. Nobody of these lives; mail goes to domains that are reserved."""

from typing import Final

FIRST: Final = (
    "Anna", "Ben", "Chloé", "Deniz", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena", "Marek",
    "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Søren", "Thi", "Uma", "Viktor", "Wanjiru", "Xenia", "Yusuf", "Zoë",
)  # fmt: skip
LAST: Final = (
    "Adeyemi", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "García", "Hansen", "Ivanova", "Jansen", "Kowalski",
    "Lindqvist", "Müller", "Nakamura", "O'Brien", "Popescu", "Quispe", "Rossi", "Schmidt", "Tanaka", "Ünal", "Vega",
    "Weber", "Xu", "Yılmaz", "Zhang",
)  # fmt: skip
QUALITIES: Final = (
    "Compact", "Quiet", "Folding", "Light", "Sturdy", "Small", "Large", "Classic", "Foldable", "Warm", "Bright",
    "Plain", "Handmade", "Cordless", "Waterproof", "Recycled", "Reliable", "Slim",
)  # fmt: skip
MATERIALS: Final = (
    "Oak",
    "Steel",
    "Cotton",
    "Glass",
    "Wool",
    "Bamboo",
    "Leather",
    "Copper",
    "Linen",
    "Ceramic",
    "Cork",
)
THINGS: Final = (
    "Desk", "Lamp", "Chair", "Kettle", "Notebook", "Backpack", "Clock", "Blanket", "Bottle", "Shelf", "Bench", "Radio",
    "Basket", "Mirror", "Carpet", "Teapot", "Bicycle", "Toolbox",
)  # fmt: skip
GROUPS: Final = (
    "Furniture", "Lighting", "Kitchen", "Office", "Outdoor", "Travel", "Textiles", "Audio", "Tools", "Toys", "Garden",
    "Books",
)  # fmt: skip
COMPANIES: Final = ("Nordlicht", "Blue Harbour", "Vento", "Kestrel", "Alma", "Fjord", "Juniper", "Tramontana", "Orbit")
FORMS: Final = ("GmbH", "Ltd", "AB", "S.A.", "Inc.", "BV", "Oy")
STREETS: Final = (
    "Mill Lane",
    "Lindenstraße",
    "Rue du Marché",
    "Via Roma",
    "Harbour Road",
    "Church Street",
    "Kungsgatan",
)
CITIES: Final = ("Lyon", "Porto", "Kraków", "Uppsala", "Ghent", "Bologna", "Leipzig", "Cork", "Tartu", "Graz", "Izmir")
COUNTRIES: Final = ("FR", "PT", "PL", "SE", "BE", "IT", "DE", "IE", "EE", "AT", "TR")
LOCALES: Final = ("en-GB", "de-DE", "fr-FR", "pl-PL", "sv-SE", "it-IT", "tr-TR")
CURRENCIES: Final = ("EUR", "EUR", "EUR", "USD", "GBP", "SEK", "PLN")
ZONES: Final = ("Europe/Berlin", "Europe/Paris", "Europe/Warsaw", "Europe/Stockholm", "America/New_York", "Asia/Tokyo")
COLOURS: Final = ("red", "green", "blue", "black", "white", "yellow", "grey", "orange")
TAGS: Final = ("new", "sale", "gift", "organic", "limited", "refurbished", "seasonal", "local", "bulky", "fragile")
ACTIONS: Final = ("create", "update", "delete", "login", "export", "restore", "approve", "cancel")
SENTENCES: Final = (
    "It arrived two days early.",
    "The colour is a little darker than in the picture.",
    "Please leave it with the neighbour.",
    "Made to last, and easy to repair.",
    "Works as described.",
    "One of the corners was damaged.",
    "Goes well with the smaller one.",
    "Wash it cold and by itself.",
    "Ask for it at the counter.",
    "We use it every day.",
    "A gift for a friend who moves house.",
    "The manual is in three languages.",
)

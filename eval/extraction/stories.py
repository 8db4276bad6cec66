"""Three invented stories, whose sentences all pages of this benchmark are made of."""

from __future__ import annotations

VARDE = (
    "Kestrel Compute will build a second hall at Varde, the Danish company said on Tuesday. The "
    "hall costs 2.1 billion kroner and is to open in the autumn of 2026.",
    "It will hold 48,000 of Brightmoor's B7 chips. Kestrel's chief of building, Henrik Solberg, "
    "said that the grid connection had been approved in May and that work would begin at once.",
    "Neighbours had asked for a wall of trees along the road. The council made that a condition "
    "of the permit, which it granted by nine votes to four.",
    "The first hall, which was opened in 2024, draws 240 megawatts. With the second one Varde "
    "will draw 420 megawatts, more than the town of Esbjerg.",
)
ONDINE = (
    "Ondine Speech has named Daniel Oyelaran its chief scientist. He comes from Helix Loom in "
    "Berlin, where he led the team that built the Loom 3 model.",
    "The company, which has 96 people in Lyon and Lagos, turns speech into text in 41 "
    "languages. Its customers are hospitals and courts, which pay by the hour.",
    "Its founder, Ines Aldaro, said that she had looked for somebody like him for two years. "
    "She will stay on as chief executive.",
)
TESSERA = (
    "Tessera Robotics raised $95 million in a round led by Marrow Bay Capital. The maker of "
    "robot arms is now valued at $780 million, twice as much as a year ago.",
    "It will spend the money on a plant in Aalborg that is to employ 310 people. The first arms "
    "were shipped to a customer in Utah in June.",
)
TITLES = {
    VARDE: "Kestrel builds a second hall at Varde",
    ONDINE: "Ondine Speech names a chief scientist",
    TESSERA: "Tessera Robotics raises $95 million",
}

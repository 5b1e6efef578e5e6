# SPDX-License-Identifier: MPL-2.0
"""Common Danish names, put together at random: no person is meant."""

GIVEN_NAMES = """
Anne Mette Kirsten Hanne Anna Helle Susanne Lene Maria Marianne Lone Camilla Pia Louise Charlotte Bente Karen
Tina Gitte Inge Birgitte Karin Jette Laura Julie Mia Sofie Ida Emma Freja Clara Alma Ellen Agnes Rikke Signe
Astrid Line Katrine Maja Sara Amalie Fatima Zainab Olena Peter Jens Michael Lars Henrik Thomas Søren Jan
Christian Martin Niels Anders Morten Jesper Mads Rasmus Hans Jørgen Per Ole Kim Kristian Simon Frederik Mikkel
Oliver William Noah Oscar Carl Emil Alfred Valdemar Magnus Tobias Jonas Kasper Erik Bent Svend Torben Flemming
Claus Bjarne Finn Ali Ahmad Yusuf Piotr
""".split()  # noqa: SIM905  a list of this length is read as text

FAMILY_NAMES = """
Nielsen Jensen Hansen Andersen Pedersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen Madsen
Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Jakobsen Jacobsen Mikkelsen
Olesen Frederiksen Laursen Henriksen Lund Schmidt Eriksen Holm Kristiansen Clausen Simonsen Svendsen Andreasen
Iversen Jeppesen Vestergaard Nissen Lauridsen Østergaard Mogensen Jespersen Kjær Winther Bertelsen Dahl
Gregersen Bach Friis Lassen Søndergaard Villadsen Bak Kruse Overgaard Toft Skov
""".split()  # noqa: SIM905  a list of this length is read as text

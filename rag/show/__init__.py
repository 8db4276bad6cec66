"""How an answer looks: in the terminal and on the page."""

"""Ways of answering; a module that is one has `asked(case)` and `reply(case, ...)`."""

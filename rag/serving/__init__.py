"""One process, many questions: their order, answers kept, answers made ahead."""

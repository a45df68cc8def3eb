"""What each verb answers: one module a verb, with its tables and the sentences beside them."""

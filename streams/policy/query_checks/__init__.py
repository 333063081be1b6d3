"""What is looked for in a search: one function for each question, from a case to what is found."""

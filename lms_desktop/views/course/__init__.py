"""The course page and the editors of what a course is made of."""

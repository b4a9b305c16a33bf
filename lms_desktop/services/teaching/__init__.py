"""What instructors do with courses: shaping them, their quizzes and questions, and following who gets how far."""

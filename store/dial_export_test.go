package store

// AnswersLikePostgres is whether a server of Postgres may begin so.
func AnswersLikePostgres(first []byte) bool { return answersLikePostgres(first) }

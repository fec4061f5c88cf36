package look

// Sizes of text, in device-independent pixels.
const (
	Caption float32 = 11
	Body    float32 = 13
	Title   float32 = 16
	Page    float32 = 22
)

// Reading is the size of a post's own text, which is read rather than scanned.
const Reading float32 = 15

// Spacing, in device-independent pixels.
const (
	S1 float32 = 4
	S2 float32 = 8
	S3 float32 = 12
	S4 float32 = 16
	S5 float32 = 24
)

// Radius rounds cards, fields and buttons; SmallRadius what sits inside them.
const (
	Radius      float32 = 8
	SmallRadius float32 = 4
)

// Fixed measures of the shell and the review screens.
const (
	RailWidth     float32 = 184
	TitleHeight   float32 = 56
	QueueWidth    float32 = 316
	DecisionWidth float32 = 312
	QueueRow      float32 = 72
	TableRow      float32 = 36
	ButtonHeight  float32 = 38
	FieldHeight   float32 = 36
)

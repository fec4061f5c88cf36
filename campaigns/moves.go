package campaigns

// Transition is one line of the table of what a move does. It is plain data, because
// the database keeps the same table and a test compares the two.
type Transition struct {
	From State
	Move Move
	To   State
	// Another: not by the one who proposed.
	Another bool
	Words   bool // says why
}

// Moves is the whole table. A move that has no line here is not allowed.
var Moves = []Transition{
	{From: Draft, Move: Propose, To: Proposed},
	{From: Draft, Move: CallOff, To: Closed, Words: true},
	{From: Proposed, Move: Approve, To: Approved, Another: true},
	{From: Proposed, Move: SendBack, To: Draft, Words: true},
	{From: Proposed, Move: CallOff, To: Closed, Words: true},
	{From: Approved, Move: Start, To: Running},
	{From: Approved, Move: CallOff, To: Closed, Words: true},
	{From: Running, Move: Close, To: Closed},
	{From: Running, Move: CallOff, To: Closed, Words: true},
}

// Next looks a move up.
func Next(from State, m Move) (Transition, bool) {
	for _, t := range Moves {
		if t.From == from && t.Move == m {
			return t, true
		}
	}
	return Transition{}, false
}

// ContractTransition is one line of the table of a contract's moves.
type ContractTransition struct {
	From ContractState
	Move ContractMove
	To   ContractState
	// Another: not by the one who made the contract.
	Another bool
	Words   bool // says why
	Fee     bool // brings a fee: an offer or a counter-offer
	// Endorsed: terms above EndorseAbove must have been endorsed.
	Endorsed bool
}

// ContractMoves is the whole table. Endorsing leaves the contract agreed and only
// writes down who the second person was; a contract is endorsed once.
var ContractMoves = []ContractTransition{
	{From: ContractDraft, Move: MakeOffer, To: OfferMade, Fee: true},
	{From: ContractDraft, Move: CancelContract, To: ContractCalled, Words: true},
	{From: OfferMade, Move: CounterOffer, To: CounterMade, Fee: true},
	{From: OfferMade, Move: Accept, To: Agreed},
	{From: OfferMade, Move: CancelContract, To: ContractCalled, Words: true},
	{From: CounterMade, Move: MakeOffer, To: OfferMade, Fee: true},
	{From: CounterMade, Move: Accept, To: Agreed},
	{From: CounterMade, Move: CancelContract, To: ContractCalled, Words: true},
	{From: Agreed, Move: Endorse, To: Agreed, Another: true},
	{From: Agreed, Move: Sign, To: Signed, Endorsed: true},
	{From: Agreed, Move: CancelContract, To: ContractCalled, Words: true},
	{From: Signed, Move: EndContract, To: ContractEnded, Words: true},
}

// NextContract looks a contract's move up.
func NextContract(from ContractState, m ContractMove) (ContractTransition, bool) {
	for _, t := range ContractMoves {
		if t.From == from && t.Move == m {
			return t, true
		}
	}
	return ContractTransition{}, false
}

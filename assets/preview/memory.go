package preview

import (
	"container/list"
	"image"
	"sync"
)

// memory keeps the pictures used last, up to a number of bytes.
type memory struct {
	mu    sync.Mutex
	limit int64
	used  int64
	order *list.List // of *slot, the one used last in front
	slots map[key]*list.Element
}

// entry is a picture, or why there is none.
type entry struct {
	img *image.RGBA
	err error
}

type slot struct {
	key   key
	entry entry
}

func newMemory(limit int64) *memory {
	return &memory{limit: limit, order: list.New(), slots: make(map[key]*list.Element)}
}

// cost is what an entry takes, the bookkeeping included.
func (e entry) cost() int64 {
	const book = 512
	if e.img == nil {
		return book
	}
	return book + int64(len(e.img.Pix))
}

func (m *memory) get(k key) (entry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	el, ok := m.slots[k]
	if !ok {
		return entry{}, false
	}
	m.order.MoveToFront(el)
	return el.Value.(*slot).entry, true
}

func (m *memory) put(k key, e entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if el, ok := m.slots[k]; ok {
		m.drop(el)
	}
	m.slots[k] = m.order.PushFront(&slot{k, e})
	m.used += e.cost()
	for m.used > m.limit {
		m.drop(m.order.Back())
	}
}

func (m *memory) drop(el *list.Element) {
	s := m.order.Remove(el).(*slot)
	delete(m.slots, s.key)
	m.used -= s.entry.cost()
}

package workflow

import (
	"sync"

	"github.com/partnerengage/partnerengage/consent/link"
)

// links remembers the tokens of links that are on their way out, so that a message
// which is tried again carries the same one: a mailbox that is full for a week does
// not make a hundred keys to one door. They are in this process's memory only.
type links struct {
	mu     sync.Mutex
	tokens map[link.ID]link.Token
}

// mostLinks is how many are remembered; then all are forgotten, and the links whose
// messages are tried again get one token more.
const mostLinks = 10_000

// token returns the token of a link, and its hash: the one that this process made
// for it, else a new one.
func (l *links) token(of link.Link, create func() link.Token) (link.Token, link.Hash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	token, ok := l.tokens[of.ID]
	if !ok {
		if l.tokens == nil || len(l.tokens) >= mostLinks {
			l.tokens = map[link.ID]link.Token{}
		}
		token = create()
		l.tokens[of.ID] = token
	}
	return token, token.Hash()
}

// forget drops the token of a link whose message went out, or never will.
func (l *links) forget(id link.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tokens, id)
}

package storage

import (
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// recorded is before every deadline: what something is then is what is recorded of it.
var recorded time.Time

// InLine returns what an entry becomes when what partners share where it is has become
// shared, and whether that is another one. Of an entry that does not mind the room
// nothing changes. The entry needs no more than its Record, Participation, Tab, Until,
// MindsRoom, Base, Due and Room, of which Tab, Until and Room can change.
func (c Changes) InLine(e engagement.Entry, shared engagement.CustomerEngagement) (engagement.Entry, bool) {
	if !e.MindsRoom {
		return e, false
	}
	next := e.WithRoom(shared.RoomFor(e.Record.Partner), c.At)
	return next, next.Tab != e.Tab || !next.Until.Equal(e.Until) || !next.Room.Equal(e.Room)
}

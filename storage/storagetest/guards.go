package storagetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func guardCases() []Case {
	return []Case{
		{"record guard", "Of two Apply calls that were decided on the same version of a record, one succeeds.", checkRecordGuard},
		{"shared guard", "Of two Apply calls that were decided on the same version of what is shared, one succeeds.", checkSharedGuard},
		{"relied guard", "An Apply fails where what it relies on has another version, or is there and should not be.", checkReliedGuard},
		{"grant guard", "Two partners that were granted the same last place are not both stored.", checkGrantGuard},
		{"own versions", "A record's version moves when the record is written, and what is shared moves when it is; neither moves with the other, nor with another partner's record.", checkOwnVersions},
	}
}

func checkRecordGuard(ctx context.Context, a, b storage.Store) error {
	first := known(northwind, migration, 1, "One", start)
	if err := a.Apply(ctx, changed(start, first)); err != nil {
		return err
	}
	if err := matches("an Apply on version 0 of a record that exists", b.Apply(ctx, changed(start, first)), storage.ErrConflict); err != nil {
		return err
	}
	read, err := load(ctx, a, first.shared.Key)
	if err != nil {
		return err
	}
	renamed := func(name string) scene {
		r := read.record(northwind)
		r.FriendlyName = name
		return read.with(r)
	}
	if err := b.Apply(ctx, becoming(start, read, renamed("first"))); err != nil {
		return err
	}
	if err := matches("an Apply on a version that was overtaken", a.Apply(ctx, becoming(start, read, renamed("second"))), storage.ErrConflict); err != nil {
		return err
	}
	missing := known(northwind, security, 1, "One", start)
	r := missing.record(northwind)
	r.Version = 3
	after, err := load(ctx, b, first.shared.Key)
	return errors.Join(matches("an Apply on a version of a record that does not exist", a.Apply(ctx, changed(start, missing.with(r))), storage.ErrConflict),
		err, same("the record's name", after.record(northwind).FriendlyName, "first"), same("its version", after.record(northwind).Version, int64(2)))
}

func checkSharedGuard(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, of(added(northwind, migration, 1, start)))); err != nil {
		return err
	}
	if err := matches("an Apply of another partner on version 0 of what is shared and exists", b.Apply(ctx, changed(start, of(added(fabrikam, migration, 1, start)))), storage.ErrConflict); err != nil {
		return err
	}
	read, err := load(ctx, a, keyOf(migration, 1))
	if err != nil {
		return err
	}
	if err := b.Apply(ctx, becoming(start, read, read.limited(2))); err != nil { // without any record
		return err
	}
	lost := read.limited(3).enter(added(fabrikam, migration, 1, start))
	if err := matches("an Apply on a version that was overtaken", a.Apply(ctx, becoming(start, read, lost)), storage.ErrConflict); err != nil {
		return err
	}
	missing := of(added(northwind, security, 1, start))
	missing.shared.Version = 3
	missed := matches("an Apply on a version of what is shared that does not exist", a.Apply(ctx, storage.Changes{At: start, Shared: []engagement.CustomerEngagement{missing.shared}}), storage.ErrConflict)
	after, err := load(ctx, b, keyOf(migration, 1))
	return errors.Join(missed, err, same("the claim limit", after.shared.ClaimLimit, 2), same("the number of records", len(after.records), 1))
}

func checkReliedGuard(ctx context.Context, a, b storage.Store) error {
	// Nobody took part when it was decided.
	early := changed(start, known(northwind, migration, 1, "One", start))
	if err := a.Apply(ctx, changed(start, of(granted(added(fabrikam, migration, 1, start), start)))); err != nil {
		return err
	}
	if err := matches("an Apply that relies on nothing being shared where something is", b.Apply(ctx, early), storage.ErrConflict); err != nil {
		return err
	}
	read, err := load(ctx, b, keyOf(migration, 1), fabrikam)
	if err != nil {
		return err
	}
	late := becoming(start, read, read.with(known(northwind, migration, 1, "One", start).record(northwind)))
	if err := a.Apply(ctx, becoming(start, read, read.limited(2))); err != nil {
		return err
	}
	if err := matches("an Apply that relies on what was overtaken", b.Apply(ctx, late), storage.ErrConflict); err != nil {
		return err
	}
	missing := changed(start, known(northwind, security, 1, "One", start))
	missing.Relied[0].Version = 1
	if err := matches("an Apply that relies on what does not exist", b.Apply(ctx, missing), storage.ErrConflict); err != nil {
		return err
	}
	// Of what somebody relies on alone nothing changes.
	alone := storage.Changes{Relied: []storage.Relied{{Key: keyOf(migration, 1), Version: 1}}}
	if err := matches("an Apply that does nothing but rely on what was overtaken", b.Apply(ctx, alone), storage.ErrConflict); err != nil {
		return err
	}
	alone.Relied[0].Version = 2
	if err := b.Apply(ctx, alone); err != nil {
		return err
	}
	after, err := load(ctx, a, keyOf(migration, 1))
	if err := errors.Join(err, same("the number of records", len(after.records), 1), same("the version of what is shared", after.shared.Version, int64(2))); err != nil {
		return err
	}
	late.Relied[0].Version = 2
	late.Entries = after.with(late.Records[0]).entries(start)[2:] // with room for it now
	return b.Apply(ctx, late)
}

func checkGrantGuard(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, of(added(northwind, migration, 1, start), added(fabrikam, migration, 1, start)))); err != nil {
		return err
	}
	read, err := load(ctx, a, keyOf(migration, 1))
	if err != nil {
		return err
	}
	for i, p := range []engagement.PartnerID{northwind, fabrikam} {
		s := []storage.Store{a, b}[i]
		err := s.Apply(ctx, becoming(start, read, read.enter(granted(added(p, migration, 1, start), start))))
		if i == 0 && err != nil {
			return err
		}
		if i == 1 {
			if err := matches("the second grant", err, storage.ErrConflict); err != nil {
				return err
			}
		}
	}
	after, err := load(ctx, b, keyOf(migration, 1))
	other, _ := after.record(fabrikam).Participation(added(fabrikam, migration, 1, start).ID)
	return errors.Join(err, same("the number of grants", after.shared.Granted(start), 1), same("whether the second partner was granted it", other.Consented(), false))
}

func checkOwnVersions(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, of(added(northwind, migration, 1, start), added(fabrikam, migration, 1, start)), known(northwind, migration, 2, "Two", start))); err != nil {
		return err
	}
	versions := func(shared, of1, of2 int64) error {
		got, err := load(ctx, b, keyOf(migration, 1))
		return errors.Join(err, same("the versions of what is shared, of northwind's and of fabrikam's record",
			fmt.Sprint(got.shared.Version, got.record(northwind).Version, got.record(fabrikam).Version), fmt.Sprint(shared, of1, of2)))
	}
	if err := versions(1, 1, 1); err != nil {
		return err
	}
	read, err := load(ctx, b, keyOf(migration, 1))
	if err != nil {
		return err
	}
	// Both partners go on from what they read: neither stands in the other's way.
	for i, p := range []engagement.PartnerID{northwind, fabrikam} {
		mine := added(p, migration, 1, start)
		mine.Owner = "ana"
		if err := a.Apply(ctx, becoming(start, read, read.enter(mine))); err != nil {
			return fmt.Errorf("another partner's record was written, and now its own cannot be: %w", err)
		}
		if err := versions(1, 2, int64(1+i)); err != nil {
			return err
		}
	}
	if read, err = load(ctx, b, keyOf(migration, 1)); err != nil {
		return err
	}
	if err := errors.Join(a.Apply(ctx, becoming(start, read, read.limited(2))), versions(2, 2, 2)); err != nil {
		return err
	}
	if read, err = load(ctx, b, keyOf(migration, 1)); err != nil {
		return err
	}
	if err := errors.Join(a.Apply(ctx, becoming(start, read, read.enter(granted(added(fabrikam, migration, 1, start), start)))), versions(3, 2, 3)); err != nil {
		return err
	}
	// A customer that is merely known has nothing shared, and gets nothing.
	other, err := load(ctx, b, keyOf(migration, 2))
	return errors.Join(err, same("the version of what is shared of a customer that is merely known", other.shared.Version, int64(0)))
}

package tenant_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/tenant"
)

func TestMailbox(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"ana@contoso.com", "ana@contoso.com", true},
		{"ana@contoso.com", "ANA@Contoso.COM", true},
		{"ana@contoso.com", "ana+survey@contoso.com", true},
		{"ana+a@contoso.com", "Ana+b+c@contoso.com", true},
		{"jos\u00e9@contoso.com", "JOSE\u0301@contoso.com", true},
		{"ana@b\u00fccher.example", "ana@xn--bcher-kva.example", true},
		{"+1@contoso.com", "+2@contoso.com", false},
		{"ana@contoso.com", "ana@mail.contoso.com", false},
		{"ana@contoso.com", "anna@contoso.com", false},
		{"ana@contoso.com", "a.na@contoso.com", false},
	} {
		a, b := address(t, test.a), address(t, test.b)
		if same := a.Mailbox() == b.Mailbox(); same != test.same {
			t.Errorf("%s and %s: same mailbox %t, want %t", test.a, test.b, same, test.same)
		}
	}
	if box := (tenant.Email{}).Mailbox(); box != "" {
		t.Errorf("no address has the mailbox %q", box)
	}
}

func TestWithin(t *testing.T) {
	for _, test := range []struct {
		inner, outer string
		within       bool
	}{
		{"contoso.com", "contoso.com", true},
		{"mail.contoso.com", "contoso.com", true},
		{"a.b.contoso.com", "contoso.com", true},
		{"notcontoso.com", "contoso.com", false},
		{"contoso.com", "mail.contoso.com", false},
		{"contoso.com", "contoso.com.example", false},
	} {
		inner, err := tenant.ParseDomain(test.inner)
		if err != nil {
			t.Fatal(err)
		}
		outer, err := tenant.ParseDomain(test.outer)
		if err != nil {
			t.Fatal(err)
		}
		if within := inner.Within(outer); within != test.within {
			t.Errorf("%s within %s: %t, want %t", inner, outer, within, test.within)
		}
		if inner.Within(tenant.Domain{}) || (tenant.Domain{}).Within(outer) || (tenant.Domain{}).Within(tenant.Domain{}) {
			t.Errorf("the zero domain holds something, or is within something")
		}
	}
}

func address(t *testing.T, text string) tenant.Email {
	t.Helper()
	e, err := tenant.ParseEmail(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

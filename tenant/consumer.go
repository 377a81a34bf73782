package tenant

import "slices"

// IsConsumerDomain reports whether d is in the built-in list of domains of
// public e-mail services, where an address says nothing about its owner's
// employer. The list holds the large services of the world and those of the
// countries where the program is widest; it compares domains whole, and no list
// is complete. A host extends it through [Resolver].
func IsConsumerDomain(d Domain) bool {
	_, found := slices.BinarySearch(consumerDomains, d.ascii)
	return found
}

// consumerDomains is sorted.
var consumerDomains = []string{
	"126.com", "139.com", "163.com", "189.cn", "abv.bg", "aim.com", "alice.it", "aliyun.com",
	"aol.co.uk", "aol.com", "aol.de", "aol.fr", "arcor.de", "att.net", "bbox.fr", "bellsouth.net",
	"bigpond.com", "bk.ru", "bluewin.ch", "blueyonder.co.uk", "bol.com.br", "btinternet.com",
	"centrum.cz", "charter.net", "citromail.hu", "clix.pt", "comcast.net", "cox.net", "daum.net",
	"docomo.ne.jp", "earthlink.net", "email.com", "email.cz", "ezweb.ne.jp", "fastmail.com",
	"fastmail.fm", "foxmail.com", "free.fr", "freemail.hu", "freenet.de", "globo.com",
	"globomail.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.co.uk", "gmx.com", "gmx.de", "gmx.es",
	"gmx.fr", "gmx.net", "gmx.us", "googlemail.com", "hanmail.net", "hey.com", "hotmail.at",
	"hotmail.be", "hotmail.ca", "hotmail.ch", "hotmail.cl", "hotmail.co.jp", "hotmail.co.th",
	"hotmail.co.uk", "hotmail.com", "hotmail.com.ar", "hotmail.com.au", "hotmail.com.br",
	"hotmail.com.mx", "hotmail.com.tr", "hotmail.de", "hotmail.dk", "hotmail.es", "hotmail.fi",
	"hotmail.fr", "hotmail.gr", "hotmail.it", "hotmail.nl", "hotmail.no", "hotmail.se", "hotmail.sg",
	"hushmail.com", "i.ua", "icloud.com", "ig.com.br", "inbox.ru", "interia.pl", "internet.ru",
	"iol.pt", "juno.com", "kakao.com", "keemail.me", "kpnmail.nl", "laposte.net", "libero.it",
	"list.ru", "live.at", "live.be", "live.ca", "live.cl", "live.cn", "live.co.uk", "live.co.za",
	"live.com", "live.com.ar", "live.com.au", "live.com.br", "live.com.mx", "live.com.pt",
	"live.com.sg", "live.de", "live.dk", "live.fi", "live.fr", "live.ie", "live.in", "live.it",
	"live.jp", "live.nl", "live.no", "live.ru", "live.se", "mac.com", "mail.com", "mail.ru",
	"mail.telepac.pt", "me.com", "msn.com", "nate.com", "naver.com", "netcabo.pt", "neuf.fr",
	"ntlworld.com", "o2.pl", "onet.pl", "online.no", "op.pl", "optusnet.com.au", "orange.fr",
	"outlook.at", "outlook.be", "outlook.cl", "outlook.co.id", "outlook.co.il", "outlook.co.th",
	"outlook.com", "outlook.com.ar", "outlook.com.au", "outlook.com.br", "outlook.com.gr",
	"outlook.com.tr", "outlook.com.vn", "outlook.cz", "outlook.de", "outlook.dk", "outlook.es",
	"outlook.fr", "outlook.hu", "outlook.ie", "outlook.in", "outlook.it", "outlook.jp", "outlook.kr",
	"outlook.lv", "outlook.my", "outlook.ph", "outlook.pt", "outlook.sa", "outlook.sg", "outlook.sk",
	"planet.nl", "pm.me", "proton.me", "protonmail.ch", "protonmail.com", "qq.com",
	"rambler.ru", "rediffmail.com", "rocketmail.com", "rogers.com", "sapo.pt", "sbcglobal.net",
	"seznam.cz", "sfr.fr", "shaw.ca", "sina.cn", "sina.com", "skynet.be", "softbank.ne.jp",
	"sohu.com", "spray.se", "sympatico.ca", "t-online.de", "talktalk.net", "telefonica.net",
	"telenet.be", "terra.com.br", "terra.es", "tin.it", "tiscali.it", "tlen.pl",
	"tuta.com", "tuta.io", "tutamail.com", "tutanota.com", "tutanota.de", "ukr.net", "uol.com.br",
	"usa.com", "verizon.net", "videotron.ca", "virgilio.it", "virginmedia.com", "wanadoo.fr",
	"web.de", "windowslive.com", "wp.pl", "xs4all.nl", "xtra.co.nz", "ya.ru", "yahoo.ca", "yahoo.cn",
	"yahoo.co.id", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.kr", "yahoo.co.nz", "yahoo.co.th",
	"yahoo.co.uk", "yahoo.co.za", "yahoo.com", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br",
	"yahoo.com.cn", "yahoo.com.hk", "yahoo.com.mx", "yahoo.com.my", "yahoo.com.ph", "yahoo.com.sg",
	"yahoo.com.tr", "yahoo.com.tw", "yahoo.com.vn", "yahoo.de", "yahoo.dk", "yahoo.es", "yahoo.fr",
	"yahoo.gr", "yahoo.ie", "yahoo.in", "yahoo.it", "yahoo.no", "yahoo.pl", "yahoo.pt", "yahoo.ro",
	"yahoo.se", "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "ziggo.nl",
	"zohomail.com",
}

package workflow_test

// What the program lets everybody do with a participation in every status, on both
// sides of every deadline, written out so that the desk is held to it.
//
// A block is one status, or one variant of it that matters. Under "by" stand the
// ways to it, each step with the day on which it is made; every way must give the
// same. Then come the times, between these moments:
//
//	resend   a day after the customer was asked
//	consent  30 days after the add or the claim
//	submit   60 days after the consent
//	review   90 days after the consent; of a dispute 30 days after its submission
//	dispute  30 days after the rejection
//
// with the status that is shown, the tab on which the participation stands, and for
// each command what comes of it.
//
//	=     allowed, and the status stays
//	Wait  allowed, and that is the status then: the spellings are in walkStatuses
//	no    not in this status, as the claim, the consent or the survey's link says
//	late  its time is over, as these say
//	end   the participation has ended
//	frz   the deal size is frozen
//	soon  the customer was written to within a day
//	link  there is no such link
//	ans   already answered, and otherwise
//	same  the same was answered already, and nothing happens
//	sv    the survey was not sent yet, or is answered and its contact frozen
//	miss  proof is missing
//	amt   more than may be approved, or paid
//	none  there is no such document
//	open  the partner has an open participation with the customer here
//	new   the customer is not known to the partner: it cannot be claimed
//	kno   the customer is known to the partner: it cannot be added
//	ful   the claim limit is reached
//	k+f   both
//
// The commands, by column: the partner asks for consent, asks again, names others;
// the customer accepts, declines, withdraws; the partner cancels, changes the deal
// size, names other contacts of its own | adds a document, removes one, sends a survey
// to somebody else, sends it again; its contact answers; the partner sends the survey that is answered, comments,
// submits, disputes, recalls, answers its own survey, records the
// referral | the program comments, starts the review, asks for action,
// approves, approves more than the cap, rejects, pays what is left, a part of it, more
// than it | the partner claims the customer again, adds it again.
const walkTable = `
                                      ask  re   chg  yes  no   back canc deal ours | doc+ doc- surv svre ansr done note subm disp rcl  own  ref  | cmt  rev  act  appr over rej  pay  part more | clm  add

# Customer claimed
by add 0
until consent             | New  elig | Wait no   =    link link link Canc =    =    | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  open
from  consent             | CExp off  | late late late link link link end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  =

# Customer claimed, and known
by add 0, ask 0, yes 1, back 1, claim 2
until consent             | New  elig | Wait no   =    link link link Canc =    =    | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | open open
from  consent             | CExp off  | late late late link link link end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | =    kno

# Awaiting customer consent response
by add 0, ask 0
by add 0, ask 0, chg 0
until resend              | Wait elig | no   soon =    Recv Decl no   Canc frz  =    | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  open
from  resend until consent| Wait elig | no   =    =    Recv Decl no   Canc frz  =    | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  open
from  consent             | CExp off  | late late late late late late end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  =

# Customer consent declined
by add 0, ask 0, no 1
always                    | Decl off  | no   no   no   ans  same ans  end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  =

# Customer consent expired
by add 0, ask 0, wait 31
by add 0, ask 0, re 20, wait 31
always                    | CExp off  | late late late late late late end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  =

# Customer consent withdrawn
by add 0, ask 0, yes 2, back 3
always                    | Wdrn comp | no   no   no   ans  ans  same end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | =    kno

# Customer consent withdrawn, with proof, and after the claim was missed
by add 0, ask 0, yes 2, prove 3, back 3
by add 0, ask 0, yes 2, prove 3, wait 70, back 71
always                    | Wdrn comp | no   no   no   ans  ans  same end  end  end  | no   no   no   no   no   no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | =    kno

# Canceled, before anybody was asked
by add 0, cancel 1
always                    | Canc off  | no   no   no   link link link end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  =

# Canceled, after the customer was asked
by add 0, ask 0, cancel 1
always                    | Canc off  | no   no   no   no   no   no   end  end  end  | no   no   no   no   link no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | new  =

# Canceled, after the customer consented
by add 0, ask 0, yes 2, prove 3, cancel 4
always                    | Canc comp | no   no   no   no   no   no   end  end  end  | no   no   no   no   no   no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | =    kno

# Customer consent received, and nothing proved yet
by add 0, ask 0, yes 2
until submit              | Recv elig | no   no   =    same ans  Wdrn Canc frz  =    | =    none =    sv   link =    =    miss no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  submit              | NSub comp | no   no   end  same ans  Wdrn end  end  end  | late late late late link late late late late late late no   | late late late late late late late late late | =    kno

# Customer consent received, and all proved but the invoice
by add 0, ask 0, yes 2, prove 3, drop 3
until submit              | Recv elig | no   no   no   same ans  Wdrn Canc frz  =    | =    =    =    =    =    sv   =    miss no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  submit              | NSub comp | no   no   no   same ans  Wdrn end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Customer consent received, and all proved
by add 0, ask 0, yes 2, prove 3
by add 0, ask 0, yes 1, back 1, claim 2, ask 2, yes 4, prove 5
until submit              | Recv elig | no   no   no   same ans  Wdrn Canc frz  =    | =    =    =    =    =    sv   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  submit              | NSub comp | no   no   no   same ans  Wdrn end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Submitted for the first time, and again after a recall
by add 0, ask 0, yes 2, prove 3, submit 5
by add 0, ask 0, yes 2, prove 3, submit 5, recall 6, submit 7
until submit              | Subm elig | no   no   no   same ans  =    no   frz  =    | no   no   =    =    =    sv   =    no   no   Recv =    =    | =    Revw no   no   no   no   no   no   no   | open open
from  submit until review | Subm elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   =    no   =    no   no   no   =    =    | =    Revw no   no   no   no   no   no   no   | open open
from  review              | Subm elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   late no   =    no   no   no   no   =    | =    Revw no   no   no   no   no   no   no   | open open

# Submitted after an action, as a dispute, and again after a recall
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, submit 8
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, submit 70
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, submit 8, recall 9, submit 70
until submit              | Subm elig | no   no   no   same ans  =    no   frz  =    | no   no   =    =    =    sv   =    no   no   Recv =    =    | =    Revw no   no   no   no   no   no   no   | open open
from  submit until review | Subm elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   =    no   =    no   no   Recv =    =    | =    Revw no   no   no   no   no   no   no   | open open
from  review              | Subm elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   late no   =    no   no   no   no   =    | =    Revw no   no   no   no   no   no   no   | open open

# Submitted, and the customer has withdrawn since
by add 0, ask 0, yes 2, prove 3, submit 5, back 6
until submit              | Subm elig | no   no   no   ans  ans  same no   frz  =    | no   no   =    =    =    sv   =    no   no   Recv =    =    | =    Revw no   no   no   no   no   no   no   | open open
from  submit until review | Subm elig | no   no   no   ans  ans  same no   frz  =    | no   no   no   no   =    no   =    no   no   no   =    =    | =    Revw no   no   no   no   no   no   no   | open open
from  review              | Subm elig | no   no   no   ans  ans  same no   frz  =    | no   no   no   no   late no   =    no   no   no   no   =    | =    Revw no   no   no   no   no   no   no   | open open

# Customer consent received, by a recall
by add 0, ask 0, yes 2, prove 3, submit 5, recall 6
by add 0, ask 0, yes 2, prove 3, submit 5, recall 6, submit 7, recall 8
until submit              | Recv elig | no   no   no   same ans  =    no   frz  =    | =    =    =    =    =    sv   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  submit              | NSub comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Customer consent received, by a recall after a review
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, submit 8, recall 9
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52, recall 53
until submit              | Recv elig | no   no   no   same ans  =    no   frz  =    | =    =    =    =    =    sv   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  submit until review | Recv elig | no   no   no   same ans  =    no   frz  =    | =    =    no   no   =    no   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  review              | PExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Under review
by add 0, ask 0, yes 2, prove 3, submit 5, review 6
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, submit 8, review 9
until submit              | Revw elig | no   no   no   same ans  =    no   frz  =    | no   no   =    =    =    sv   =    no   no   no   =    =    | =    no   Actn Appr amt  Rejd no   no   no   | open open
from  submit until review | Revw elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   =    no   =    no   no   no   =    =    | =    no   Actn Appr amt  Rejd no   no   no   | open open
from  review              | Revw elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   late no   =    no   no   no   no   =    | =    no   no   Appr amt  Rejd no   no   no   | open open

# Under review, and the customer has withdrawn since
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, back 7
until submit              | Revw elig | no   no   no   ans  ans  same no   frz  =    | no   no   =    =    =    sv   =    no   no   no   =    =    | =    no   Actn Appr amt  Rejd no   no   no   | open open
from  submit until review | Revw elig | no   no   no   ans  ans  same no   frz  =    | no   no   no   no   =    no   =    no   no   no   =    =    | =    no   Actn Appr amt  Rejd no   no   no   | open open
from  review              | Revw elig | no   no   no   ans  ans  same no   frz  =    | no   no   no   no   late no   =    no   no   no   no   =    | =    no   no   Appr amt  Rejd no   no   no   | open open

# Under review, of a dispute
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52, review 53
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 89, dispute 90, submit 100, review 101
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52, review 53, action 54, submit 55, review 56
until submit              | Revw elig | no   no   no   same ans  =    no   frz  =    | no   no   =    =    =    sv   =    no   no   no   =    =    | =    no   Actn Appr amt  Finl no   no   no   | open open
from  submit until review | Revw elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   =    no   =    no   no   no   =    =    | =    no   Actn Appr amt  Finl no   no   no   | open open
from  review              | Revw elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   late no   =    no   no   no   no   =    | =    no   no   Appr amt  Finl no   no   no   | open open

# Partner action required: of the claim, again, of a dispute
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, submit 8, review 9, action 10
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52, review 53, action 54
until submit              | Actn elig | no   no   no   same ans  =    no   frz  =    | =    =    =    =    =    sv   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  submit until review | Actn elig | no   no   no   same ans  =    no   frz  =    | =    =    no   no   =    no   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  review              | PExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Partner action required, after the time of the first submission
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 70
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 89, dispute 90, submit 100, review 101, action 102
until review              | Actn elig | no   no   no   same ans  =    no   frz  =    | =    =    no   no   =    no   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  review              | PExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Partner action required, the invoice taken away, and the customer has withdrawn
by add 0, ask 0, yes 2, prove 3, submit 5, back 5, review 6, action 70, drop 71
until review              | Actn elig | no   no   no   ans  ans  same no   frz  =    | =    =    no   no   =    no   =    miss no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  review              | PExp comp | no   no   no   ans  ans  same end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Approved: as it was asked for, after a dispute, with a part of it paid
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, approve 7
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, approve 100
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52, review 53, approve 54
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, approve 7, part 8
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, approve 7, part 8, part 9
always                    | Appr comp | no   no   no   same ans  =    end  end  =    | no   no   no   no   no   no   =    no   no   no   no   no   | =    no   no   no   no   no   Paid =    amt  | ful  k+f

# Paid: at once, in parts, after a dispute
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, approve 7, pay 8
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, approve 7, part 8, part 9, pay 10
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52, review 53, approve 54, pay 55
always                    | Paid comp | no   no   no   same ans  =    end  end  end  | no   no   no   no   no   no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | ful  k+f

# Rejected
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 10
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 100
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, submit 8, review 9, reject 10
until dispute             | Rejd elig | no   no   no   same ans  =    no   frz  =    | no   no   no   no   no   no   =    no   Disp no   no   =    | =    no   no   no   no   no   no   no   no   | open open
from  dispute             | Rejd comp | no   no   no   same ans  =    end  end  end  | no   no   no   no   no   no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | =    kno

# Rejected, and the time to dispute it is over
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 10, wait 41
always                    | Rejd comp | no   no   no   same ans  =    end  end  end  | no   no   no   no   no   no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | =    kno

# Disputed
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51
until submit              | Disp elig | no   no   no   same ans  =    no   frz  =    | =    =    =    =    =    sv   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  submit until dispute| Disp elig | no   no   no   same ans  =    no   frz  =    | =    =    no   no   =    no   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  dispute             | DExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Disputed, within the time of the first submission
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 10, dispute 11
until dispute             | Disp elig | no   no   no   same ans  =    no   frz  =    | =    =    =    =    =    sv   =    Subm no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  dispute             | DExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Disputed, and the invoice taken away
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 10, dispute 11, drop 12
until dispute             | Disp elig | no   no   no   same ans  =    no   frz  =    | =    =    =    =    =    sv   =    miss no   no   =    =    | =    no   no   no   no   no   no   no   no   | open open
from  dispute             | DExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Rejected final
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 10, dispute 11, submit 12, review 13, reject 14
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 10, dispute 11, submit 12, review 13, action 14, submit 15, review 16, reject 17
always                    | Finl comp | no   no   no   same ans  =    end  end  end  | no   no   no   no   no   no   no   no   no   no   no   no   | no   no   no   no   no   no   no   no   no   | =    kno

# Not submitted expired
by add 0, ask 0, yes 2, prove 3, wait 70
always                    | NSub comp | no   no   no   same ans  Wdrn end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Post submission expired
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, action 7, wait 100
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 50, dispute 51, submit 52, review 53, action 54, wait 90
always                    | PExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno

# Disputed expired
by add 0, ask 0, yes 2, prove 3, submit 5, review 6, reject 10, dispute 11, wait 50
always                    | DExp comp | no   no   no   same ans  =    end  end  end  | late late late late late late late late late late late no   | late late late late late late late late late | =    kno
`

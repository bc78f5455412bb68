"""A client of CalDAV: finds its home by the paths that answers name, makes a calendar, saves an event and finds it there."""

import sys

import caldav

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//gateway//apps//EN
BEGIN:VEVENT
UID:one
DTSTAMP:20300101T000000Z
DTSTART:20300101T100000Z
DTEND:20300101T110000Z
SUMMARY:an event
END:VEVENT
END:VCALENDAR
"""

root = sys.argv[1]
principal = caldav.DAVClient(root, username="user", password="any").principal()
principal.make_calendar(name="calendar").save_event(EVENT)
for calendar in principal.calendars():
    found = calendar.events()
    assert len(found) == 1, found
    for url in (calendar.url, found[0].url):
        assert str(url).startswith(root), url
    assert "an event" in found[0].data
    break
else:
    sys.exit("no calendar")

"""Payloads in the shapes that the vendors document or send, with plates and places that nobody has."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from streams.adapters.reads.delivery import Delivery, Feed
from streams.adapters.reads.formats import READ_FORMATS
from streams.adapters.reads.unread import Unread
from streams.policy.read_event import ReadEvent

RECEIVED = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
# A quarter of a second to noon in Los Angeles, eight hours behind UTC on that day.
CAPTURED = datetime(2027, 3, 1, 19, 59, 59, 750_000, tzinfo=UTC)
CAPTURED_MS = 1803931199750
JSON = "application/json"
FEED = Feed(
    name="harbour",
    network="Harbour cameras",
    zone=ZoneInfo("America/Los_Angeles"),
    reference_key=bytes(range(32)),
)

REKOR_GROUP: Mapping[str, Any] = {
    "data_type": "alpr_group",
    "version": 2,
    "epoch_start": CAPTURED_MS,
    "epoch_end": CAPTURED_MS + 2975,
    "best_uuid": "AGENT-1234-1803931199990",
    "uuids": ["AGENT-1234-1803931199750", "AGENT-1234-1803931199990"],
    "best_plate_number": "7ZZZ001",
    "best_confidence": 93.5,
    "best_region": "us-ca",
    "camera_id": 1234,
    "gps_latitude": 33.75,
    "gps_longitude": -118.25,
    "travel_direction": 85.5,
    "is_preview": False,
    "web_server_config": {"camera_label": "Gate 3", "agent_label": "Harbour"},
    "vehicle": {
        "color": [{"name": "black", "confidence": 27.3}, {"name": "silver-gray", "confidence": 26.2}],
        "make": [{"name": "ford", "confidence": 18.9}],
        "make_model": [{"name": "ford_focus", "confidence": 3.6}],
    },
}
REKOR_ALERT: Mapping[str, Any] = {
    "data_type": "alpr_alert",
    "epoch_time": CAPTURED_MS,
    "camera_name": "Gate 3",
    "site_name": "Harbour",
    "list_type": "Custom",
    "alert_list": "Stolen vehicles",
    "description": "stolen",
    "group": REKOR_GROUP,
}
PLATE_RECOGNIZER_OLD: Mapping[str, Any] = {
    "hook": {"id": "gate-3", "event": "recognition"},
    "data": {
        "camera_id": "gate-3",
        "filename": "gate-3/image.jpg",
        "timestamp": "2027-03-01T19:59:59.750000Z",
        "timestamp_local": "2027-03-01 11:59:59.750000-08:00",
        "results": [
            {
                "plate": "7zzz001",
                "score": 0.935,
                "region": {"code": "us-ca", "score": 0.2},
                "color": [{"color": "red", "score": 0.7}, {"color": "black", "score": 0.1}],
                "model_make": [{"make": "Ford", "model": "Focus", "score": 0.4}],
                "direction": 210,
            }
        ],
    },
}
PLATE_RECOGNIZER_NEW: Mapping[str, Any] = {
    "data": {
        "camera_id": "gate-3",
        "timestamp": "2027-03-01T19:59:59.750000Z",
        "results": [
            {
                "plate": {
                    "type": "Plate",
                    "score": 0.9,
                    "props": {
                        "plate": [{"value": "7zzz001", "score": 0.935}, {"value": "7zzzoo1", "score": 0.7}],
                        "region": [{"value": "us-ca", "score": 0.2}],
                    },
                },
                "vehicle": {
                    "type": "Sedan",
                    "props": {
                        "make_model": [{"make": "Ford", "model": "Focus", "score": 0.4}],
                        "color": [{"value": "red", "score": 0.7}],
                    },
                },
            }
        ],
    },
}
HIKVISION = """<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<macAddress>d4:e8:53:00:00:01</macAddress><channelID>1</channelID>
<dateTime>2027-03-01T11:59:59.750-08:00</dateTime><eventType>ANPR</eventType><eventState>active</eventState>
<channelName>Gate 3</channelName>
<ANPR><country>3</country><licensePlate>7ZZZ001</licensePlate><confidenceLevel>97</confidenceLevel>
<vehicleInfo><color>white</color><vehileModel>0</vehileModel></vehicleInfo>
<pictureInfoList><pictureInfo><fileName>plate.jpg</fileName><pId>P1</pId></pictureInfo>
<pictureInfo><fileName>car.jpg</fileName><pId>P2</pId></pictureInfo></pictureInfoList>
<originalLicensePlate>7ZZZ001</originalLicensePlate></ANPR>
<UUID>HIK-0001</UUID><isDataRetransmission>false</isDataRetransmission>
<DeviceGPSInfo><longitudeType>W</longitudeType><latitudeType>N</latitudeType>
<Longitude><degree>118</degree><minute>15</minute><sec>36.0</sec></Longitude>
<Latitude><degree>33</degree><minute>45</minute><sec>0.0</sec></Latitude></DeviceGPSInfo>
</EventNotificationAlert>"""
AXIS: Mapping[str, Any] = {
    "capture_timestamp": str(CAPTURED_MS),
    "capture_ts": f"{CAPTURED_MS}000000",
    "datetime": "20270301 115959750",
    "plateText": "7ZZZ001",
    "plateUTF8": "7ZZZ001",
    "plateCountry": "USA",
    "plateConfidence": "0.935",
    "carState": "new",
    "geotag": {"lat": 33.75, "lon": -118.25},
    "carID": "1144696",
    "imagesURI": ["/local/tools.cgi?action=getImage&name=1.jpg"],
    "camera_info": {"SerialNumber": "ACCC8E000001", "MACAddress": "AC:CC:8E:00:00:01"},
    "sensorProviderID": "gate-3",
}
DAHUA_DATA: Mapping[str, Any] = {
    "Code": "TrafficJunction",
    "GroupID": 175706653,
    "EventID": 516,
    "RealUTC": 1803931199,
    # The same moment as the clock on the wall in Los Angeles showed it.
    "UTC": 1803931199 - 8 * 3600,
    "UTCMS": 750,
    "CommInfo": {"Country": "US", "GPSInfo": {"Latitude": 0.0, "Longitude": 0.0}},
    "Object": {"ObjectType": "Plate", "Text": "7ZZZ001", "Confidence": 93},
    "TrafficCar": {"MachineName": "8M0000000000001", "PlateNumber": "7ZZZ001", "VehicleColor": "Blue"},
}
DAHUA: Mapping[str, Any] = {
    "method": "client.notifyEventStream",
    "params": {"SID": 513, "eventList": [{"Action": "Pulse", "Code": "TrafficJunction", "Data": DAHUA_DATA}]},
}
DAHUA_COMMAND = "Code=TrafficJunction;action=Pulse;index=0;data=" + json.dumps(DAHUA_DATA, indent=1)
DAHUA_LINES = """Events[0].Code=TrafficJunction
Events[0].GroupID=175706653
Events[0].EventID=516
Events[0].RealUTC=1803931199
Events[0].UTCMS=750
Events[0].Object.Text=7ZZZ001
Events[0].Object.Confidence=93
Events[0].TrafficCar.MachineName=8M0000000000001
Events[0].TrafficCar.PlateNumber=7ZZZ001
Events[0].TrafficCar.VehicleColor=Blue
"""
GENETEC: Mapping[str, Any] = {
    "CameraName": "Gate 3",
    "DateUtc": "01/03/2027",
    "TimeUtc": "19:59:59",
    "Plate": "7ZZZ001",
    "State": "CA",
    "ConfidenceScore": "93",
    "ContextImage": "AAAA",
    "Attributes": {
        "Vehicle Make": "Ford",
        "Vehicle Model": "Focus",
        "Vehicle Color": "Red",
        "Confidence Score": "80",
        "State Name Confidence Score": "70",
        "Relative Motion": "Moving Away",
    },
}
GENETEC_XML = """<AutoVu><Plate>7ZZZ001</Plate><State>CA</State><UTCDate>2027:03:01</UTCDate>
<UTCTime>19:59:59</UTCTime><SharpName>Gate 3</SharpName><Guid>G-1</Guid></AutoVu>"""
FLOCK: Mapping[str, Any] = {
    "deviceId": "cam-3",
    "deviceName": "Gate 3",
    "deviceLat": 33.75,
    "deviceLong": -118.25,
    "networkName": "Example PD",
    "networkExternalId": "n-1",
    "objectId": "obj-1",
    "eventTime": "2027-03-01T19:59:59.750Z",
    "imageUrl": "https://images.example/obj-1.jpg?signature=opens-it",
    "imageExpiration": "2027-03-02T00:00:00Z",
    "ocr": {"label": "7ZZZ001", "labelConfidence": 0.935, "state": "us-ca", "stateConfidence": 0.9},
    "sources": [{"name": "Stolen vehicles", "reason": "stolen", "caseNumber": "27-000001"}],
}


VERKADA: Mapping[str, Any] = {
    "org_id": "01ec0956-0000-4000-8000-43c8d373cd65",
    "webhook_type": "lpr",
    "created_at": CAPTURED_MS // 1000 + 2,
    "webhook_id": "a73b17d4-0000-4000-8000-d72776bd5f4c",
    "data": {
        "camera_id": "38718198-0000-4000-8000-68e1a8de30ac",
        "created": CAPTURED_MS // 1000,
        "detected": CAPTURED_MS + 1250,
        "license_plate_number": "7ZZZ001",
        "confidence": 0.935,
        "crop": [0.25, 0.25, 0.5, 0.5],
        "image_url": "https://images.example/1.jpg?signature=opens-it",
        "license_plate_state": "us-ca",
    },
}
PLAIN_CSV = """Plate,State,Date,Time,Confidence,Camera,Latitude,Longitude,Make,Model,Color
7ZZZ001,CA,03/01/2027,11:59:59,93.5,Gate 3,33.75,-118.25,Ford,Focus,Red
8ZZZ002,NV,03/01/2027,11:59:59,93.5,"Gate 3, north",33.75,-118.25,Ford,Focus,Red
"""


def parse(name: str, body: object, content_type: str = JSON) -> tuple[ReadEvent | Unread, ...]:
    """Return what the format finds in a payload."""
    return READ_FORMATS[name].parse(delivered(body, content_type))


def delivered(body: object, content_type: str = JSON) -> Delivery:
    """Return a payload as the feed delivers it: bytes and texts as they are, all else as JSON."""
    if isinstance(body, str):
        body = body.encode()
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Delivery(feed=FEED, body=data, content_type=content_type, received_at=RECEIVED)


def one_read(name: str, body: object, content_type: str = JSON) -> ReadEvent:
    """Return the one read of a payload."""
    (found,) = parse(name, body, content_type)
    assert isinstance(found, ReadEvent), found
    return found


def one_unread(name: str, body: object, content_type: str = JSON) -> Unread:
    """Return why a payload is no read."""
    (found,) = parse(name, body, content_type)
    assert isinstance(found, Unread), found
    return found


def form(parts: Mapping[str, tuple[str, bytes]], boundary: str = "edge") -> tuple[bytes, str]:
    """Return a multipart form of `field: (media type, content)` and its own media type."""
    body = b""
    for name, (kind, content) in parts.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        body += head.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"

"""Personal data in text: telephone numbers, numbers of documents, of networks and of devices."""

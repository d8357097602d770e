"""Documents for the axis of documents (trục liên thông văn bản): packages of edXML, QCVN 102:2016/BTTTT."""

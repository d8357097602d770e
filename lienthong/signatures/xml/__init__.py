"""XML signatures (XMLDSig, XAdES) over a whole document."""

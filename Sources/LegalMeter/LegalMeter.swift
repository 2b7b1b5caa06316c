// LegalMeter

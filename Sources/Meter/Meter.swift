// Meter

// MeterFaults

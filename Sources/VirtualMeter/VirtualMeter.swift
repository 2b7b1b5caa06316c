// VirtualMeter

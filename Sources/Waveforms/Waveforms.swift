// Waveforms

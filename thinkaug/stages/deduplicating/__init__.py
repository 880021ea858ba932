"""The parts of dedup: texts to look at again, exact hashes, signatures, likely pairs, who stays for whom."""

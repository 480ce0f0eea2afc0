"""Who draws: painters behind one small interface, and what may be done to their pictures afterwards."""

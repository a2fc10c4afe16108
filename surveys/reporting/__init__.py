"""What is handed over: releases behind one disclosure gate, and the files and charts made from them."""

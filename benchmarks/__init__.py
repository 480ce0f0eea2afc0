"""What the product is measured by, and the scripts behind its tables and pages: ``python -m benchmarks.NAME`` from the checkout."""

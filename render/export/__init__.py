"""Labels of a cohort in the forms that others read: COCO, AMASS, BEDLAM."""

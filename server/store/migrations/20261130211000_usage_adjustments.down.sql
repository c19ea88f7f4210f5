-- The records of adjustments are lost; their quantities stay in the sums by day.
drop table workspace.usage_adjustments;

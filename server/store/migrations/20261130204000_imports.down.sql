-- The files and reports of imports are lost; the events stay.
drop table workspace.import_mappings, workspace.import_refusals, workspace.import_chunks, workspace.imports;

"""What is kept, in two stores that are never joined: the registrar knows whom we asked, the box what was answered."""

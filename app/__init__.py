"""The shell: the only part that reads the environment, the clock, sockets and the command line.

The life of a request, module by module:

    middleware    gives it an id, refuses foreign host names
    asgi          routes it; opens and closes what requests need
    http          reads it within its limits, answers it in the media type asked for (negotiation)
    registry      holds the catalog, its schema and its documents, as they are now; follows the graph's (catalog_source)
    caller        who sends it, and what they may do
    execution     answers record fields with one statement; documents, mutations, plans stand beside it;
                  resolving has Strawberry's resolvers answer the others
    idempotency   has a mutation that is sent again carried out once
    editing       a change of the data model, edit by edit (model_mutations)
    introspection what clients ask about the schema, kept compressed (packed); schema_files the same as files
    delivery      compresses the answer as the client likes best, or sends none to who has it
    errors        turns whatever went wrong into a code and words for a client

And around it:

    settings      every setting and limit, in one table
    connection    from settings to a store
    keeper        what one process does for all behind the requests: numbers, jobs, what leaves the API (leaving)
    supervise     port, engine, server processes: started in order, stopped in the reverse
    indexes       what the data model wants of the engine's indexes, and how far they are
    index_use     which lists were asked for; advice makes of it which indexes are missing, index_command makes them
    memory        making and dropping schemas beside running requests
    health        whether the process lives, whether it would answer
    graphiql      the page for browsers, from files of the installation
    logs          one line an event
    cli           the commands; arguments reads what they are given, console is how they speak
    explain       what ``compile`` prints
    sample        the sample CRM of ``demo``
    model_files   a data model from one account to another
    importer      CSV files through a mapping
"""

namespace Tandem.Hints;

/// <summary>Which fields have something to say while forms are filled in.</summary>
public sealed class HintOptions
{
    private readonly Dictionary<(string Table, string Field), Func<FieldHintArguments, CancellationToken, Task<FieldHint>>> _handlers = [];
    private readonly Dictionary<(string Table, string Field), string> _modules = [];

    /// <summary>Answers on the server. It is asked after each change of the field, at most a few times a second and person, and given up when the person types on.</summary>
    /// <param name="table">The table.</param>
    /// <param name="field">The field.</param>
    /// <param name="handler">Gives the hint. An exception is logged and shows nothing.</param>
    public HintOptions Field(string table, string field, Func<FieldHintArguments, CancellationToken, Task<FieldHint>> handler)
    {
        _handlers[(table, field)] = handler;
        return this;
    }

    /// <summary>Answers in the browser: the module's default export is called with the field's text and an object of all fields' texts, and gives <c>{ text, suggestion, values }</c> or a promise of it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="field">The field.</param>
    /// <param name="address">The module's address on this server, such as <c>/js/cron.js</c>.</param>
    public HintOptions Module(string table, string field, string address)
    {
        _modules[(table, field)] = address;
        return this;
    }

    /// <summary>Reads a cron expression back in words, in the browser.</summary>
    /// <param name="table">The table.</param>
    /// <param name="field">The field that holds the expression.</param>
    public HintOptions Cron(string table, string field) => Module(table, field, "/_tandem/cron.js");

    internal Func<FieldHintArguments, CancellationToken, Task<FieldHint>>? Handler(string table, string field) => _handlers.GetValueOrDefault((table, field));

    /// <summary>The address of a field's module, or null.</summary>
    internal string? ModuleOf(string table, string field) => _modules.GetValueOrDefault((table, field));
}

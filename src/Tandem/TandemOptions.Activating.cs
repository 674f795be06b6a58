using System.Linq.Expressions;
using Tandem.Activating;
using Tandem.Entities;
using Tandem.Schema;

namespace Tandem;

/// <content>Activatable tables.</content>
public sealed partial class TandemOptions
{
    /// <summary>What tells the time to rules. Set before the database is opened.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>The activatable tables.</summary>
    internal List<ActivationDeclaration> Activatables { get; } = [];

    /// <summary>
    /// Tells that records of a table are active or inactive: <c>options.Activatable&lt;Offer>(o => o.IsActive).From(o => o.ValidFrom).Until(o => o.ValidUntil)</c>.
    /// Lists show active ones unless asked for others, and changing it needs the right to enable.
    /// </summary>
    /// <param name="active">The stored yes or no that everything goes by.</param>
    /// <param name="table">The table; by default the class's own.</param>
    /// <returns>The declaration, to say what more there is to it.</returns>
    public Activatable<T> Activatable<T>(Expression<Func<T, bool>> active, string? table = null)
        where T : class => new(Declared(table ?? EntitySchema.TableOf(typeof(T))), active);

    /// <summary>The same by names, for tables without a class.</summary>
    /// <param name="table">The table.</param>
    /// <param name="active">The field of the stored yes or no that everything goes by.</param>
    /// <param name="switch">The field that says whether the record is wanted at all; null for none.</param>
    /// <param name="from">The field that says from when on; null for none.</param>
    /// <param name="until">The field that says until when; null for none.</param>
    /// <param name="mask">The field of times of the week; null for none.</param>
    /// <param name="zone">In which time zone times are meant: <c>Europe/Berlin</c>. Default: null, for UTC.</param>
    public TandemOptions Activatable(string table, string active, string? @switch = null, string? from = null, string? until = null, string? mask = null, string? zone = null)
    {
        var declaration = Declared(table);
        declaration.Zone = zone;
        foreach (var (part, field) in new[] { (ActivationPart.Active, active), (ActivationPart.Switch, @switch), (ActivationPart.From, from), (ActivationPart.Until, until), (ActivationPart.Mask, mask) })
        {
            if (field is not null)
            {
                declaration.Parts[part] = field;
            }
        }

        return this;
    }

    private ActivationDeclaration Declared(string table)
    {
        // The last word counts, as with every option.
        Activatables.RemoveAll(d => d.Table == table);
        var declaration = new ActivationDeclaration(table);
        Activatables.Add(declaration);
        return declaration;
    }

    /// <summary>What was declared of a table; null for nothing, or where it cannot be followed, which the start says.</summary>
    private Activation? ActivationOf(TableSchema schema) => Activatables.Find(d => d.Table == schema.Name)?.Resolve(schema, []);
}

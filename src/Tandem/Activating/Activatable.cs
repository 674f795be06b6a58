using System.Linq.Expressions;

namespace Tandem.Activating;

/// <summary>Says in code how objects of a class are active: which properties switch them, bound them in time and mask times of the week.</summary>
public sealed class Activatable<T>
    where T : class
{
    private readonly ActivationDeclaration _declaration;

    internal Activatable(ActivationDeclaration declaration, Expression<Func<T, bool>> active)
    {
        _declaration = declaration;
        Set(ActivationPart.Active, active);
    }

    /// <summary>Whether the object is wanted at all. Default: it always is.</summary>
    public Activatable<T> Switch(Expression<Func<T, bool>> property) => Set(ActivationPart.Switch, property);

    /// <summary>From when on: a date, a date and time or an instant; empty for ever since.</summary>
    public Activatable<T> From(Expression<Func<T, object?>> property) => Set(ActivationPart.From, property);

    /// <summary>Until when: a time that no longer counts, or the last day; empty for ever.</summary>
    public Activatable<T> Until(Expression<Func<T, object?>> property) => Set(ActivationPart.Until, property);

    /// <summary>At which times of the week, as <see cref="WeekMask"/> reads it; empty for always.</summary>
    public Activatable<T> Mask(Expression<Func<T, string?>> property) => Set(ActivationPart.Mask, property);

    /// <summary>In which time zone dates, times without a zone and masks are meant: <c>Europe/Berlin</c>. Default: UTC.</summary>
    public Activatable<T> In(string zone)
    {
        _declaration.Zone = zone;
        return this;
    }

    private Activatable<T> Set(ActivationPart part, LambdaExpression property)
    {
        _declaration.Parts[part] = property;
        return this;
    }
}

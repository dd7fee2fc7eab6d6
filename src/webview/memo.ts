import { Component, type ComponentChild, type ComponentType } from 'preact';

/** A component that is rendered again only when one of its properties is another value. */
export function memo<P extends object>(render: (props: P) => ComponentChild): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const keys = Object.keys(next) as (keyof P)[];
      return keys.length !== Object.keys(this.props).length || keys.some((key) => next[key] !== this.props[key]);
    }
    override render(props: P): ComponentChild {
      return render(props);
    }
  };
}
